package io.murmur.node.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.stream.BaseStream;

/**
 * What would make two runs under one seed differ, or block an event loop: clocks, threads, locks, chance without a seed. Protocol code
 * gets time, threads and chance through the kernel's seams instead.
 */
final class Determinism {

    private static final DescribedPredicate<JavaClass> THREADS_LOCKS_OR_CHANCE = DescribedPredicate.describe(
            "threads, locks, executors or unseeded random",
            type -> type.isAssignableTo(Thread.class)
                    || type.getPackageName().equals("java.util.concurrent.locks")
                    || Set.of(
                                    "java.util.Timer",
                                    "java.util.TimerTask",
                                    "java.util.concurrent.Executors",
                                    "java.util.concurrent.ForkJoinPool",
                                    "java.util.concurrent.ThreadLocalRandom",
                                    "java.util.concurrent.CountDownLatch",
                                    "java.util.concurrent.Semaphore",
                                    "java.security.SecureRandom")
                            .contains(type.getName()));

    private static final DescribedPredicate<JavaAccess<?>> SOMETHING_OF_THE_PROCESS = DescribedPredicate.describe(
            "the target is a clock, a default pool, a monitor or unseeded random",
            access -> access.getTarget() instanceof CodeUnitAccessTarget target && isOfTheProcess(target));

    private Determinism() {}

    /** The rule for these classes. */
    static ArchRule holdsFor(DescribedPredicate<JavaClass> which) {
        return CompositeArchRule.of(noClasses().that(which).should().accessTargetWhere(SOMETHING_OF_THE_PROCESS))
                .and(noClasses().that(which).should().dependOnClassesThat(THREADS_LOCKS_OR_CHANCE))
                .and(noMethods()
                        .that()
                        .areDeclaredInClassesThat(which)
                        .should()
                        .haveModifier(JavaModifier.SYNCHRONIZED));
    }

    /** Whether this reads one of the machine's clocks. */
    static boolean isClock(AccessTarget target) {
        JavaClass owner = target.getOwner();
        return (owner.isEquivalentTo(System.class)
                        && Set.of("nanoTime", "currentTimeMillis").contains(target.getName()))
                || (owner.getPackageName().equals("java.time")
                        && target.getName().equals("now"))
                || (owner.isEquivalentTo(java.time.Clock.class)
                        && (target.getName().startsWith("system")
                                || target.getName().startsWith("tick")));
    }

    private static boolean isOfTheProcess(CodeUnitAccessTarget target) {
        return isClock(target) || isChance(target) || isDefaultPool(target) || isMonitor(target);
    }

    private static boolean isChance(CodeUnitAccessTarget target) {
        JavaClass owner = target.getOwner();
        boolean takesNothing = target.getRawParameterTypes().isEmpty();
        return switch (target.getName()) {
            case "random" -> owner.isEquivalentTo(Math.class);
            case "randomUUID" -> owner.isEquivalentTo(java.util.UUID.class);
            case "identityHashCode" -> owner.isEquivalentTo(System.class);
            case "shuffle" -> target.getRawParameterTypes().size() == 1;
            case "getDefault", "of" -> owner.isEquivalentTo(RandomGenerator.class);
            case "<init>" ->
                takesNothing && (owner.isEquivalentTo(Random.class) || owner.isEquivalentTo(SplittableRandom.class));
            default -> false;
        };
    }

    private static boolean isDefaultPool(CodeUnitAccessTarget target) {
        boolean ofFuture = target.getOwner().isEquivalentTo(CompletableFuture.class);
        boolean namesItsExecutor =
                target.getRawParameterTypes().stream().anyMatch(type -> type.isAssignableTo(Executor.class));
        return switch (target.getName()) {
            case "parallelStream" -> true;
            case "parallel" -> target.getOwner().isAssignableTo(BaseStream.class);
            case "orTimeout", "completeOnTimeout", "delayedExecutor" -> ofFuture;
            default -> ofFuture && target.getName().endsWith("Async") && !namesItsExecutor;
        };
    }

    private static boolean isMonitor(CodeUnitAccessTarget target) {
        return target.getOwner().isEquivalentTo(Object.class)
                && Set.of("wait", "notify", "notifyAll").contains(target.getName());
    }
}
