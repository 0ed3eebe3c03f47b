package io.pgjobq;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What each package may touch, as the table of {@code docs/architecture.md} says. */
final class Rooms {

    private static final Path DOCUMENT = Path.of("..", "docs", "architecture.md");

    private static final Pattern ROW =
            Pattern.compile("^\\| `(io\\.pgjobq[a-z.]*)` \\|.*\\| ([^|]*) \\|$", Pattern.MULTILINE);

    private static final Pattern NAME = Pattern.compile("`([a-z]+)`");

    private final JavaClasses classes;
    private final Map<String, String> allowed = new TreeMap<>();

    Rooms(JavaClasses classes) {
        this.classes = classes;
        Matcher row = ROW.matcher(document());
        while (row.find()) {
            allowed.put(row.group(1), row.group(2));
        }
    }

    private static String document() {
        try {
            return Files.readString(DOCUMENT);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Checks the packages whose names match: each has a row, each row a package, and none touches more than its row says. */
    void check(Predicate<String> packages) {
        Set<String> documented =
                allowed.keySet().stream().filter(packages).collect(Collectors.toCollection(TreeSet::new));
        Map<String, List<JavaClass>> present = classes.stream()
                .filter(each -> packages.test(each.getPackageName()))
                .collect(Collectors.groupingBy(JavaClass::getPackageName));
        assertThat(present.keySet()).isNotEmpty().containsExactlyInAnyOrderElementsOf(documented);
        present.forEach((name, members) ->
                assertThat(touched(name, members)).as("what %s touches", name).isEmpty());
    }

    private List<String> touched(String room, List<JavaClass> members) {
        return members.stream()
                .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
                .filter(dependency -> !mayTouch(room, target(dependency)))
                .map(Dependency::getDescription)
                .sorted()
                .toList();
    }

    private static String target(Dependency dependency) {
        return dependency.getTargetClass().getBaseComponentType().getPackageName();
    }

    private boolean mayTouch(String room, String target) {
        if (!target.startsWith("io.pgjobq") || target.equals("io.pgjobq") || target.equals(room)) {
            return true;
        }
        String cell = allowed.get(room);
        return cell.equals("all") || Arrays.asList(names(cell)).contains(target.substring(target.lastIndexOf('.') + 1));
    }

    private static String[] names(String cell) {
        return NAME.matcher(cell).results().map(found -> found.group(1)).toArray(String[]::new);
    }
}
