package io.pgjobq.handler;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.util.ClassUtils;

/** Lets handlers be called, and their payloads and results be converted, in a native image. */
final class JobHandlerAotProcessor implements BeanRegistrationAotProcessor {

    private final BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
        Class<?> beanClass = ClassUtils.getUserClass(registeredBean.getBeanClass());
        if (!HandlerBeans.mayHaveHandlers(beanClass)) {
            return null;
        }
        Set<JobHandlerMethod> methods = JobHandlerMethod.of(beanClass);
        return methods.isEmpty()
                ? null
                : (context, code) -> methods.forEach(
                        method -> register(context.getRuntimeHints().reflection(), method));
    }

    private void register(ReflectionHints hints, JobHandlerMethod handler) {
        hints.registerMethod(handler.method(), ExecutableMode.INVOKE);
        binding.registerReflectionHints(
                hints,
                handler.parameters().payloadType(),
                HandlerReturn.of(handler).type());
    }
}
