package io.pgjobq.handler;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.springframework.aop.SpringProxy;
import org.springframework.core.MethodIntrospector;

/**
 * How a handler is called on beans of one class.
 *
 * @param beanClass the class of the bean, which may be a proxy
 * @param method the method to call
 * @param onTarget whether it is called on the proxy's target, since the proxy can't pass it on
 */
record InvocableMethod(Class<?> beanClass, Method method, boolean onTarget) {

    static InvocableMethod of(JobHandlerMethod handler, Class<?> beanClass) {
        Method method = handler.method();
        if (Proxy.isProxyClass(beanClass)) {
            return new InvocableMethod(beanClass, interfaceMethod(handler, beanClass), false);
        }
        boolean onTarget = SpringProxy.class.isAssignableFrom(beanClass) && !isPassedOn(method, beanClass);
        return new InvocableMethod(beanClass, method, onTarget);
    }

    /** Returns whether no proxy of whatever kind gets to see a call of the method. */
    static boolean escapesProxies(Method method) {
        int modifiers = method.getModifiers();
        return Modifier.isPrivate(modifiers) || Modifier.isFinal(modifiers) || Modifier.isStatic(modifiers);
    }

    private static boolean isPassedOn(Method method, Class<?> proxyClass) {
        if (escapesProxies(method)) {
            return Modifier.isStatic(method.getModifiers());
        }
        int modifiers = method.getModifiers();
        return Modifier.isPublic(modifiers)
                || Modifier.isProtected(modifiers)
                || method.getDeclaringClass().getPackage() == proxyClass.getPackage();
    }

    private static Method interfaceMethod(JobHandlerMethod handler, Class<?> proxyClass) {
        try {
            return MethodIntrospector.selectInvocableMethod(handler.method(), proxyClass);
        } catch (IllegalStateException e) {
            throw new InvalidJobHandlerException(
                    handler.fullDescription() + " can't be called: its bean is a JDK proxy, and none of the proxy's "
                            + "interfaces has the method.",
                    "Either pull the method up to an interface or switch to CGLIB proxies by enforcing "
                            + "proxy-target-class mode in your configuration.",
                    e);
        }
    }
}
