package io.pgjobq.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WithoutCoroutinesTests {

    /** What is looked at in a class loader of its own. */
    public static final class Look {

        private Look() {}

        /** Returns what the start of an application with a suspending handler fails with. */
        public static String failure() {
            try (ScannedHandlers handlers = ScannedHandlers.of(KotlinAtOnce.class)) {
                return "it starts with " + handlers.byQueue();
            } catch (InvalidJobHandlerException e) {
                return e.getMessage() + "\n" + e.action();
            }
        }
    }

    @Test
    void aSuspendingHandlerFailsTheStartAndIsToldWhatIsMissing() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!Path.of(entry).getFileName().toString().startsWith("kotlinx-coroutines-")) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            assertThat(failure(loader))
                    .isEqualTo(KotlinAtOnce.class.getName()
                            + ".handle(Parcel) is a suspending function, but nothing here can"
                            + " wait for it.\nAdd kotlinx-coroutines-core to the class path, or take 'suspend' away.");
        }
    }

    private static Object failure(ClassLoader loader) throws Exception {
        try {
            return loader.loadClass(Look.class.getName()).getMethod("failure").invoke(null);
        } catch (InvocationTargetException e) {
            throw new AssertionError(e.getCause());
        }
    }
}
