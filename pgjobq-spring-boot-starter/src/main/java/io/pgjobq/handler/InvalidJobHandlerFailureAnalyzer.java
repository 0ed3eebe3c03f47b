package io.pgjobq.handler;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Names the method or methods, what is wrong and what would be right. */
final class InvalidJobHandlerFailureAnalyzer extends AbstractFailureAnalyzer<InvalidJobHandlerException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidJobHandlerException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
