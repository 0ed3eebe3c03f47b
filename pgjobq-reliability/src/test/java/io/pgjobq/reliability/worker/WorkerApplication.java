package io.pgjobq.reliability.worker;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** A worker process: an application on the starter, with all defaults but those given as arguments. */
@SpringBootApplication(proxyBeanMethods = false)
public class WorkerApplication {

    /** The last line that is logged before work begins. */
    public static final String READY = "Started WorkerApplication";

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplicationBuilder(WorkerApplication.class)
                .properties("spring.main.banner-mode=off")
                .build();
        application.run(arguments);
        ParentWatch.start();
    }
}
