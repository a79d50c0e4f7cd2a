package io.murmur.benchmarks.profiles;

import io.murmur.benchmarks.report.FlameGraph.Kind;
import java.lang.reflect.Modifier;
import java.util.Comparator;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;

/**
 * A method on a stack, without its line: calls from two lines of it are one.
 *
 * @param type the whole name of its class; empty for what is no method, as a thread's role
 */
record Method(String type, String name, boolean isNative) implements Comparable<Method> {

    private static final Comparator<Method> ORDER =
            Comparator.comparing(Method::type).thenComparing(Method::name).thenComparing(Method::isNative);

    /** What the JVM puts behind the name of a class it has made, different in each process: two nodes' would not be merged. */
    private static final Pattern MADE_CLASS = Pattern.compile("[./+]0x[0-9a-f]+.*");

    static Method of(RecordedFrame frame) {
        RecordedMethod method = frame.getMethod();
        return new Method(
                lasting(method.getType().getName()), method.getName(), Modifier.isNative(method.getModifiers()));
    }

    static String lasting(String className) {
        return MADE_CLASS.matcher(className).replaceFirst("");
    }

    /** A frame that is no method. */
    static Method named(String name) {
        return new Method("", name, false);
    }

    /** The class without its package. */
    String shortName() {
        return type.isEmpty() ? name : type.substring(type.lastIndexOf('.') + 1) + "." + name;
    }

    String wholeName() {
        return type.isEmpty() ? name : type + "." + name;
    }

    boolean isOf(String packagePrefix) {
        return type.startsWith(packagePrefix);
    }

    boolean isOfJdk() {
        return isOf("java.") || isOf("javax.") || isOf("jdk.") || isOf("sun.") || isOf("com.sun.");
    }

    Kind kind() {
        if (isNative) {
            return Kind.SYSTEM;
        }
        if (isOf("io.murmur.")) {
            return Kind.MURMUR;
        }
        if (isOf("io.netty.")) {
            return Kind.NETTY;
        }
        return isOfJdk() ? Kind.JDK : Kind.OTHER;
    }

    @Override
    public int compareTo(Method other) {
        return ORDER.compare(this, other);
    }
}
