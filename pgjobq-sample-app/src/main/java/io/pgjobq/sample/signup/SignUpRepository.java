package io.pgjobq.sample.signup;

import io.pgjobq.sample.signup.SignUp.Attempt;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The tables {@code sign_up} and {@code delivery_attempt}. All times are the database's. */
@Repository
class SignUpRepository {

    private final JdbcClient jdbc;

    SignUpRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    long add(String name, String email) {
        return jdbc.sql("insert into sign_up (name, email) values (?, ?) returning id")
                .params(name, email)
                .query(Long.class)
                .single();
    }

    void setJob(long id, long jobId) {
        jdbc.sql("update sign_up set job_id = ? where id = ?").params(jobId, id).update();
    }

    /** Overwrites an attempt that was given back without being charged: it is made again, perhaps elsewhere. */
    void attemptStarted(long id, int attempt, String node) {
        jdbc.sql("""
                        insert into delivery_attempt (sign_up_id, attempt, node) values (?, ?, ?)
                        on conflict (sign_up_id, attempt) do update
                        set node = excluded.node, started_at = excluded.started_at, failed_at = null, error = null
                        """).params(id, attempt, node).update();
    }

    void attemptFailed(long id, int attempt, String error) {
        jdbc.sql("""
                        update delivery_attempt set failed_at = clock_timestamp(), error = ?
                        where sign_up_id = ? and attempt = ?
                        """).params(error, id, attempt).update();
    }

    void succeeded(long id, Instant finishedAt, String mailFile) {
        jdbc.sql("update sign_up set finished_at = ?, mail_file = ?, error = null where id = ?")
                .params(Timestamp.from(finishedAt), mailFile, id)
                .update();
    }

    void failed(long id, Instant finishedAt, String error) {
        jdbc.sql("update sign_up set finished_at = ?, error = ? where id = ?")
                .params(Timestamp.from(finishedAt), error, id)
                .update();
    }

    Optional<String> mailFile(long id) {
        return jdbc.sql("select mail_file from sign_up where id = ? and mail_file is not null")
                .param(id)
                .query(String.class)
                .optional();
    }

    /** Returns the latest sign-ups, the oldest of them first. */
    List<SignUp> latest(int limit) {
        Map<Long, List<Attempt>> attempts = new HashMap<>();
        jdbc.sql("""
                        select * from delivery_attempt
                        where sign_up_id in (select id from sign_up order by id desc limit ?)
                        order by sign_up_id, attempt
                        """).param(limit).query(row -> {
            attempts.computeIfAbsent(row.getLong("sign_up_id"), id -> new ArrayList<>())
                    .add(attempt(row));
        });
        return jdbc.sql("select * from (select * from sign_up order by id desc limit ?) latest order by id")
                .param(limit)
                .query((row, number) -> signUp(row, attempts))
                .list();
    }

    private static SignUp signUp(ResultSet row, Map<Long, List<Attempt>> attempts) throws SQLException {
        long id = row.getLong("id");
        return new SignUp(
                id,
                row.getString("name"),
                row.getString("email"),
                row.getLong("job_id"),
                row.getTimestamp("sent_at").toInstant(),
                instant(row, "finished_at"),
                row.getString("mail_file"),
                row.getString("error"),
                attempts.getOrDefault(id, List.of()));
    }

    private static Attempt attempt(ResultSet row) throws SQLException {
        return new Attempt(
                row.getInt("attempt"),
                row.getString("node"),
                row.getTimestamp("started_at").toInstant(),
                instant(row, "failed_at"),
                row.getString("error"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp value = row.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }
}
