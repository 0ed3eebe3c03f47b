package io.pgjobq.sample.signup;

import io.pgjobq.JobSender;
import io.pgjobq.SentJob;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Signs people up. */
@Service
public class SignUpService {

    private final SignUpRepository signUps;
    private final JobSender jobs;
    private final SignUpEnds ends;

    SignUpService(SignUpRepository signUps, JobSender jobs, SignUpEnds ends) {
        this.signUps = signUps;
        this.jobs = jobs;
        this.ends = ends;
    }

    /**
     * Stores the person and sends the job that welcomes them. Both commit together: nobody is welcomed who is not
     * stored, and nobody is stored without being welcomed.
     */
    @Transactional
    public long register(String name, String email) {
        long id = signUps.add(name, email);
        SentJob<Receipt> job = jobs.to("emails").send(new WelcomeEmail(id, name, email), Receipt.class);
        signUps.setJob(id, job.id());
        ends.follow(id, job.completion());
        return id;
    }
}
