package io.pgjobq;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.LoggerFactory;
import org.springframework.util.ClassUtils;

class ArchitectureTests {

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.pgjobq");

    @Test
    void packagesFormNoCycle() {
        // From io on, so that the API package is a slice too.
        check(slices().matching("io.(**)").should().beFreeOfCycles());
    }

    @Test
    void eachRoomTouchesWhatTheDocumentSays() {
        new Rooms(MAIN).check(name -> name.equals("io.pgjobq") || name.startsWith("io.pgjobq.internal"));
    }

    @Test
    void onlyTheStoreAndTheSchemaRunSql() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.pgjobq.internal.store..", "io.pgjobq.internal.database..", "io.pgjobq.internal.schema..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(PreparedStatement.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.jdbc.core.."));
    }

    @Test
    void besidesOnlyTheListenerExecutesAStatement() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.pgjobq.internal.store..",
                        "io.pgjobq.internal.database..",
                        "io.pgjobq.internal.schema..",
                        "io.pgjobq.internal.notify..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Statement.class));
    }

    @Test
    void onlyNotifyKnowsTheNotificationsOfTheDriver() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.pgjobq.internal.notify..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(PGConnection.class, PGNotification.class));
    }

    @Test
    void noClassIsMadeFromDataOrByName() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ObjectInputStream.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ObjectOutputStream.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("tools.jackson.databind.jsontype.PolymorphicTypeValidator")
                .orShould()
                .callMethodWhere(target(owner(equivalentTo(Class.class))).and(target(name("forName"))))
                .orShould()
                .callMethodWhere(target(owner(assignableTo(ClassLoader.class))).and(target(name("loadClass"))))
                .orShould()
                .callMethodWhere(target(owner(equivalentTo(ClassUtils.class)))
                        .and(target(name("forName")).or(target(name("resolveClassName"))))));
    }

    @Test
    void noThreadSleeps() {
        check(noClasses()
                .should()
                .callMethodWhere(target(owner(equivalentTo(Thread.class))).and(target(name("sleep"))))
                .orShould()
                .callMethodWhere(target(owner(equivalentTo(TimeUnit.class))).and(target(name("sleep")))));
    }

    /** What is stored is timed by the server's clock, and what is waited for by System.nanoTime. */
    @Test
    void nobodyAsksTheNodesWallClock() {
        check(noClasses()
                .should()
                .callMethodWhere(target(owner(resideInAPackage("java.time..")))
                        .and(target(name("now")).or(target(name("system"))).or(target(name("systemUTC")))))
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callConstructor(Date.class));
    }

    @Test
    void noMethodIsSynchronizedBecauseThatPinsVirtualThreads() {
        check(methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED));
    }

    /** What others wrote must not forge lines. The API knows no other package, and so logs nothing. */
    @Test
    void allIsLoggedThroughTheLogThatKeepsEachMessageOnItsLine() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.pgjobq.internal.support..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(LoggerFactory.class));
    }

    @Test
    void classesAreNamedForWhatTheyAre() {
        check(noClasses()
                .should()
                .haveSimpleNameStartingWith("Abstract")
                .orShould()
                .haveNameMatching(".*(Util|Utils|Helper|Helpers)"));
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(MAIN.getPackage("io.pgjobq").getSubpackagesInTree())
                .filteredOn(javaPackage -> !javaPackage.getClasses().isEmpty())
                .allMatch(javaPackage -> javaPackage.isAnnotatedWith(NullMarked.class));
        JavaPackage api = MAIN.getPackage("io.pgjobq");
        assertThat(api.isAnnotatedWith(NullMarked.class)).isTrue();
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }
}
