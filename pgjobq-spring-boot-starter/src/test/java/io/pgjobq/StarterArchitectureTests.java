package io.pgjobq;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.annotation.Bean;

class StarterArchitectureTests {

    private static final List<String> PACKAGES =
            List.of("io.pgjobq.autoconfigure", "io.pgjobq.handler", "io.pgjobq.migration", "io.pgjobq.properties");

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(PACKAGES);

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void autoConfigurationsArePublicAndFinal() {
        classes()
                .that()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .bePublic()
                .andShould()
                .haveModifier(JavaModifier.FINAL)
                .check(MAIN);
    }

    @Test
    void beanMethodsArePackagePrivate() {
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .should()
                .bePackagePrivate()
                .check(MAIN);
    }

    @Test
    void beansThatAreNeededBeforeAllOthersAreMadeByStaticMethods() {
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .and(com.tngtech.archunit.base.DescribedPredicate.describe(
                        "make a bean that is needed before all others",
                        method -> List.of(
                                        BeanPostProcessor.class,
                                        BeanFactoryPostProcessor.class,
                                        LazyInitializationExcludeFilter.class)
                                .stream()
                                .anyMatch(type -> method.getRawReturnType().isAssignableTo(type))))
                .should()
                .beStatic()
                .check(MAIN);
    }

    @Test
    void failureAnalyzersAreHidden() {
        classes()
                .that()
                .areAssignableTo(FailureAnalyzer.class)
                .should()
                .notBePublic()
                .check(MAIN);
    }

    @Test
    void eachRoomTouchesWhatTheDocumentSays() {
        new Rooms(MAIN).check(PACKAGES::contains);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(PACKAGES)
                .map(MAIN::getPackage)
                .allMatch(javaPackage -> javaPackage.isAnnotatedWith(NullMarked.class))
                .extracting(JavaPackage::getName)
                .containsExactlyElementsOf(PACKAGES);
    }
}
