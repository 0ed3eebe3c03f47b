package io.pgjobq.test;

import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Leaves out what {@link NotThroughPgBouncer} says. */
final class PgBouncerCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        PgBouncerMode mode = PgBouncerMode.from(context::getConfigurationParameter);
        return AnnotationSupport.findAnnotation(context.getElement(), NotThroughPgBouncer.class)
                .filter(exclusion -> List.of(exclusion.value()).contains(mode))
                .map(exclusion -> ConditionEvaluationResult.disabled(mode + ": " + exclusion.because()))
                .orElseGet(() -> ConditionEvaluationResult.enabled(""));
    }
}
