package io.murmur.node.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {

    private static final JavaClasses MURMUR = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/node/architecture/"))
            .importPackages("io.murmur");

    private static final JavaClasses CARELESS = new ClassFileImporter().importClasses(Careless.class);

    private static final List<String> PROTOCOL_MODULES =
            List.of("kernel", "quorum", "gossip", "membership", "hinted-handoff", "anti-entropy");

    private static final DescribedPredicate<JavaClass> PROTOCOL = resideInAnyPackage(
            "io.murmur.kernel..",
            "io.murmur.quorum..",
            "io.murmur.gossip..",
            "io.murmur.membership..",
            "io.murmur.handoff..",
            "io.murmur.antientropy..");

    private static ArchRule only(String library, String... packages) {
        return noClasses()
                .that(not(resideInAnyPackage(packages)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    private static final ArchRule MAPDB = only("org.mapdb..", "io.murmur.storage..");

    @Test
    void protocolCodeReadsNoClockStartsNoThreadTakesNoLockAndNoChance() {
        Determinism.holdsFor(PROTOCOL).check(MURMUR);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "refersToAClock",
                "readsAClock",
                "readsAnInstant",
                "takesAChance",
                "makesAnId",
                "drawsWithoutASeed",
                "shuffles",
                "drawsFromTheThread",
                "runsOnTheDefaultPool",
                "goesParallel",
                "startsAThread",
                "locks",
                "isSynchronized"
            })
    void carelessnessIsNoticed(String method) {
        String found = String.join(
                "\n",
                Determinism.holdsFor(equivalentTo(Careless.class))
                        .evaluate(CARELESS)
                        .getFailureReport()
                        .getDetails());

        assertThat(found).contains("Careless." + method + "(");
    }

    @Test
    void protocolCodeHasNoSynchronizedBlocks() throws IOException {
        Pattern block = Pattern.compile("\\bsynchronized\\s*\\(");
        Path root = Path.of("").toAbsolutePath().getParent();
        for (String module : PROTOCOL_MODULES) {
            Path sources = Path.of(String.valueOf(root), module, "src", "main", "java");
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern(block);
                }
            }
        }
    }

    @Test
    void storageReadsTimeThroughItsClockOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.murmur.storage..")
                .should()
                .accessTargetWhere(DescribedPredicate.describe(
                        "the target is a clock of the machine", access -> Determinism.isClock(access.getTarget())))
                .check(MURMUR);
    }

    @Test
    void jlineIsUsedInTheShellOnly() {
        only("org.jline..", "io.murmur.node.shell..").check(MURMUR);
    }

    @Test
    void nettyIsUsedInNodeAndClientOnly() {
        only("io.netty..", "io.murmur.node..", "io.murmur.client..").check(MURMUR);
    }

    @Test
    void nettyDoesNotShowInTheClientsApi() {
        noMethods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat(resideInAnyPackage("io.murmur.client")
                        .and(DescribedPredicate.describe(
                                "public", type -> type.getModifiers().contains(JavaModifier.PUBLIC))))
                .should()
                .haveRawReturnType(resideInAnyPackage("io.netty.."))
                .orShould()
                .haveRawParameterTypes(DescribedPredicate.describe(
                        "any of Netty",
                        types -> types.stream()
                                .anyMatch(type -> type.getPackageName().startsWith("io.netty"))))
                .check(MURMUR);
    }

    @Test
    void mapDbIsUsedInStorageOnly() {
        MAPDB.check(MURMUR);
        assertThat(MAPDB.evaluate(CARELESS).hasViolation()).isTrue();
    }

    @Test
    void jacksonIsUsedInNodeAndTheClientsJsonCodecOnly() {
        noClasses()
                .that(not(resideInAnyPackage("io.murmur.node.."))
                        .and(DescribedPredicate.describe(
                                "are not the client's codecs",
                                type -> !type.getName().startsWith("io.murmur.client.Codec")
                                        && !type.getName().startsWith("io.murmur.client.JsonCodec"))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson..")
                .check(MURMUR);
    }

    @Test
    void theClientsInternalsAreUsedByClientAndNodeOnly() {
        noClasses()
                .that(not(resideInAnyPackage("io.murmur.client..", "io.murmur.node..", "io.murmur.benchmarks..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.murmur.client.internal..")
                .check(MURMUR);
    }

    @Test
    void allModulesWereLookedAt() {
        assertThat(MURMUR)
                .extracting(JavaClass::getPackageName)
                .contains(
                        "io.murmur.kernel",
                        "io.murmur.quorum",
                        "io.murmur.storage",
                        "io.murmur.client",
                        "io.murmur.node");
    }
}
