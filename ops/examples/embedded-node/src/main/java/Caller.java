import io.driftless.client.*;
import io.driftless.transport.nio.NioTransport;
import java.nio.ByteBuffer;
import java.time.Duration;

public class Caller {
    public static void main(String[] args) {
        var config = ClientConfig.builder("127.0.0.1:7001", NioTransport.clients()).clusterId("demo").build();
        try (var client = RaftClient.connect(config)) {
            System.out.println(client.execute(ByteBuffer.allocate(8).putLong(5).array(), Duration.ofSeconds(5)));
        }
    }
}
