package io.murmur.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

@AnalyzeClasses(packages = "io.murmur.client", importOptions = ImportOption.DoNotIncludeTests.class)
class PublicApiTest {

    private static final DescribedPredicate<JavaClass> HIDDEN = DescribedPredicate.describe(
            "Netty or the client's internals",
            type -> type.getPackageName().startsWith("io.netty")
                    || type.getPackageName().startsWith("io.murmur.client.internal"));

    @ArchTest
    static final ArchRule NETTY_AND_THE_INTERNALS_ARE_NOT_IN_THE_PUBLIC_API = ArchRuleDefinition.classes()
            .that()
            .resideInAPackage("io.murmur.client")
            .and()
            .arePublic()
            .should(new ArchCondition<>("show neither Netty nor internals") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    for (JavaCodeUnit unit : type.getCodeUnits()) {
                        boolean visible = unit.getModifiers().contains(JavaModifier.PUBLIC)
                                || unit.getModifiers().contains(JavaModifier.PROTECTED);
                        boolean shows = unit.getAllInvolvedRawTypes().stream().anyMatch(HIDDEN);
                        if (visible && shows) {
                            events.add(SimpleConditionEvent.violated(unit, unit.getFullName()));
                        }
                    }
                }
            });

    @ArchTest
    static final ArchRule THE_CLIENT_NEVER_SLEEPS = noClasses().should().callMethod(Thread.class, "sleep", long.class);
}
