package outside;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.redis.RedisLocks;
import java.time.Duration;

/** Takes one lock and says so. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        try (LockClient locks = RedisLocks.connect(args[0]);
                Hold hold = locks.mutex("outside").acquire(Duration.ofSeconds(10))) {
            System.out.println("held with token " + hold.token());
        }
    }
}
