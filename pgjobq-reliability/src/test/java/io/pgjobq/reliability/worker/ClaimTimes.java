package io.pgjobq.reliability.worker;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.proxy.NanoTimeStopwatchFactory;
import net.ttddyy.dsproxy.proxy.ProxyConfig;
import net.ttddyy.dsproxy.support.ProxyDataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Writes into a file, if one is given, how long each claim took, from asking until the jobs were there. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(ClaimTimes.FILE)
public class ClaimTimes {

    /** The file's name: a line for each claim, the time in milliseconds and how many microseconds it took. */
    public static final String FILE = "reliability.claim-times";

    @Bean
    static BeanPostProcessor timedDataSource(@Value("${" + FILE + "}") Path file) {
        Clock clock = new Clock(file);
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof DataSource dataSource ? timed(dataSource, clock) : bean;
            }
        };
    }

    private static DataSource timed(DataSource dataSource, Clock clock) {
        ProxyDataSource timed = new ProxyDataSource(dataSource);
        timed.setProxyConfig(ProxyConfig.Builder.create()
                .stopwatchFactory(new NanoTimeStopwatchFactory())
                .queryListener(clock)
                .build());
        return timed;
    }

    private static final class Clock implements QueryExecutionListener {

        private final PrintWriter file;

        Clock(Path file) {
            try {
                Files.createDirectories(file.getParent());
                this.file = new PrintWriter(Files.newBufferedWriter(file), true);
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }

        @Override
        public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {}

        @Override
        public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {
            if (queries.get(0).getQuery().contains(".claim(")) {
                long micros = TimeUnit.NANOSECONDS.toMicros(execution.getElapsedTime());
                file.println(System.currentTimeMillis() + "," + micros);
            }
        }
    }
}
