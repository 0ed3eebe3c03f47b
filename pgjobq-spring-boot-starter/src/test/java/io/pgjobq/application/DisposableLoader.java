package io.pgjobq.application;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs an application in a class loader of its own. */
final class DisposableLoader extends URLClassLoader {

    private static final String APPLICATION = DisposableLoader.class.getPackageName() + ".";

    private DisposableLoader(URL[] urls, ClassLoader parent) {
        super(urls, parent);
    }

    /** Has the classes of the application, and shares its libraries. */
    static DisposableLoader ofApplication() {
        return new DisposableLoader(
                new URL[] {ShortLife.class.getProtectionDomain().getCodeSource().getLocation()},
                ShortLife.class.getClassLoader());
    }

    /** Has all that is not the JDK's. */
    static DisposableLoader ofEverything() throws MalformedURLException {
        return without(List.of());
    }

    /** Has all that is not the JDK's, but the jars whose names begin so. */
    static DisposableLoader without(List<String> jars) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            String name = path.getFileName().toString();
            if (jars.stream().noneMatch(name::startsWith)) {
                urls.add(path.toUri().toURL());
            }
        }
        return new DisposableLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null && name.startsWith(APPLICATION)) {
                return findClass(name);
            }
            return loaded == null ? super.loadClass(name, resolve) : loaded;
        }
    }

    /**
     * Runs the application and drops the loader.
     *
     * @return what is still there as long as the application has not been unloaded
     */
    WeakReference<Class<?>> live(ShortLife life, String[] properties) throws Exception {
        return live(ShortLife.class, life.name(), properties);
    }

    /** Calls the {@code live} of this loader's own class of that name. */
    WeakReference<Class<?>> live(Class<?> type, String name, String[] properties) throws Exception {
        Thread caller = Thread.currentThread();
        ClassLoader before = caller.getContextClassLoader();
        caller.setContextClassLoader(this);
        try (this) {
            Class<?> application = loadClass(type.getName());
            application.getMethod("live", String.class, String[].class).invoke(null, name, properties);
            return new WeakReference<>(application);
        } finally {
            caller.setContextClassLoader(before);
        }
    }
}
