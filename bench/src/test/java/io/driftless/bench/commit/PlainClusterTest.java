package io.driftless.bench.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.bench.run.Cleanup;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class PlainClusterTest {

    private static final int MOMENT_MS = 300;
    private static final int PATIENCE_MS = 60_000;

    @TempDir
    private Path folder;

    @Test
    void answersWhatTwoHave() throws Exception {
        try (Cleanup cleanup = new Cleanup(); ServerSocket first = listening(); ServerSocket second = listening()) {
            PlainProcess process = cleanup.own(() -> PlainProcess.start(PlainMember.class, folder.toString(),
                    Integer.toString(first.getLocalPort()), Integer.toString(second.getLocalPort())),
                    PlainProcess::kill);
            int port = process.port();
            try (Socket silent = first.accept(); Socket hearing = second.accept();
                    Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.setSoTimeout(MOMENT_MS);
                client.getOutputStream().write(new byte[2 * FloorBenchmark.SIZE]);
                assertEquals(2 * FloorBenchmark.SIZE,
                        silent.getInputStream().readNBytes(2 * FloorBenchmark.SIZE).length);
                assertThrows(SocketTimeoutException.class, () -> client.getInputStream().read(),
                        "only the leader has it");

                client.setSoTimeout(PATIENCE_MS);
                new DataOutputStream(hearing.getOutputStream()).writeLong(1);
                assertEquals(0, client.getInputStream().read());
                new DataOutputStream(hearing.getOutputStream()).writeLong(2);
                assertEquals(0, client.getInputStream().read());

                silent.shutdownOutput();
                assertEquals(-1, client.getInputStream().read(), "a figure from fewer processes is none");
            }
        }
    }

    @Test
    void goesOnAfterAClientThatDidNotWaitForItsAnswers() throws Exception {
        try (Cleanup cleanup = new Cleanup()) {
            PlainCluster cluster = PlainCluster.start(folder, cleanup);
            for (int i = 0; i < 20; i++) {
                PlainBenchmark.Connection connection = connection(cluster);
                connection.next();
                connection.close();
            }
            PlainBenchmark.Connection connection = connection(cluster);
            for (int i = 0; i < 100; i++) {
                assertTrue(connection.next() >= 0);
            }
            connection.close();
        }
    }

    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private static PlainBenchmark.Connection connection(PlainCluster cluster) throws IOException {
        PlainBenchmark.Connection connection = new PlainBenchmark.Connection();
        connection.port = cluster.port();
        connection.outstanding = CommitBenchmark.OUTSTANDING_EACH;
        connection.open();
        return connection;
    }
}
