package io.pgjobq.sample.signup;

import io.pgjobq.sample.live.LiveItem;
import io.pgjobq.sample.live.LiveSource;
import java.util.List;
import org.springframework.stereotype.Component;

/** Shows the latest sign-ups, and sees to it that this copy of the sample learns how they end. */
@Component
class SignUpFeed implements LiveSource {

    private static final int SHOWN = 40;

    private final SignUpRepository signUps;
    private final SignUpEnds ends;

    SignUpFeed(SignUpRepository signUps, SignUpEnds ends) {
        this.signUps = signUps;
        this.ends = ends;
    }

    @Override
    public List<LiveItem> items() {
        List<SignUp> latest = signUps.latest(SHOWN);
        latest.stream()
                .filter(signUp -> signUp.finishedAt() == null)
                .forEach(signUp -> ends.follow(signUp.id(), signUp.jobId()));
        return latest.stream()
                .map(signUp -> new LiveItem("sign-up", signUp.id(), signUp))
                .toList();
    }
}
