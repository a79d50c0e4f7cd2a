package io.murmur.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Key;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example in the documentation of {@link MurmurClient} compiles, runs, and does what it seems to do. */
@Timeout(60)
class ExampleTest {

    private static final Path SOURCE = Path.of("src/main/java/io/murmur/client/MurmurClient.java");

    @Test
    void theDocumentedExampleRuns(@TempDir Path folder) throws Exception {
        try (FakeCluster cluster = FakeCluster.of(1)) {
            String example = example().replace("127.0.0.1:7101", cluster.node(1).address());

            run(folder, example);

            assertThat(cluster.node(1).text(Key.of("default", "greeting"))).isEqualTo("hello");
        }
    }

    private static String example() throws IOException {
        Matcher inDocumentation = Pattern.compile("<pre>\\{@code\\n(.*?)\\n \\* }</pre>", Pattern.DOTALL)
                .matcher(Files.readString(SOURCE));
        assertThat(inDocumentation.find()).isTrue();
        return inDocumentation.group(1).replaceAll("(?m)^ \\* ?", "");
    }

    private static void run(Path folder, String statements) throws Exception {
        Path source = folder.resolve("Example.java");
        Files.writeString(source, """
                import io.murmur.client.*;
                import io.murmur.kernel.Level;

                public class Example {
                    public static void run() {
                """ + statements + "}}");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            complaints,
                            files,
                            null,
                            List.of(
                                    "-d",
                                    folder.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    "-proc:none"),
                            null,
                            files.getJavaFileObjects(source))
                    .call();
            assertThat(compiled).as(complaints.toString()).isTrue();
        }
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, ExampleTest.class.getClassLoader())) {
            loader.loadClass("Example").getMethod("run").invoke(null);
        }
    }
}
