package io.pgjobq.sample.database;

import io.pgjobq.sample.SampleProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Gives Spring Boot its database. The connection pool, Liquibase and pgjobq all configure themselves on this one bean. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

    /**
     * Decides here, not in a condition, which database it is: conditions are frozen when an application is processed
     * ahead of time, and a URL given later would be ignored.
     */
    @Bean
    SampleDatabase sampleDatabase(DataSourceProperties given, SampleProperties sample) {
        return given.getUrl() != null
                ? SampleDatabase.given(given)
                : SampleDatabase.embedded(EmbeddedDatabase.open(sample.dataDirectory()));
    }
}
