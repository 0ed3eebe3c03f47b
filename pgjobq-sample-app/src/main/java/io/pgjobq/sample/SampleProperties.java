package io.pgjobq.sample;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What can be set of the sample itself; what can be set of pgjobq begins with {@code pgjobq}.
 *
 * @param nodeName how the page names this copy of the sample
 * @param dataDirectory where the embedded PostgreSQL keeps its files
 * @param outboxDirectory where "delivered" e-mails are put
 * @param exportDirectory where exported orders are put
 * @param failureRate the share of deliveries that fail, from 0 to 1
 * @param deliveryTime how long a delivery takes on average
 * @param exportPageTime how long the export rests after every hundred orders, so that there is something to see
 * @param keepImports how long imports are kept
 * @param zone in which time zone it is night when old ones are forgotten
 */
@ConfigurationProperties("sample")
public record SampleProperties(
        String nodeName,
        Path dataDirectory,
        Path outboxDirectory,
        Path exportDirectory,
        @DefaultValue("0.25") double failureRate,
        @DefaultValue("600ms") Duration deliveryTime,
        @DefaultValue("100ms") Duration exportPageTime,
        @DefaultValue("30d") Duration keepImports,
        @DefaultValue("UTC") String zone) {}
