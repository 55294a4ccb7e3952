package io.driftless.machine;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An example that keeps nothing on disk: accounts, and payments between them. A command is two account numbers and an
 * amount, a byte each.
 */
class AccountsMachine implements StateMachine {

    private final SortedMap<Byte, Long> balances = new TreeMap<>();

    @Override
    public long open(MachineContext context) {
        return 0;
    }

    @Override
    public Result apply(Command command) {
        ByteBuffer payment = command.payload();
        try {
            return pay(payment.get(), payment.get(), payment.get());
        } catch (BufferUnderflowException e) {
            return Result.failed(1, "a payment is three bytes");
        }
    }

    private Result pay(byte from, byte to, byte amount) {
        if (amount < 0) {
            return Result.failed(2, "negative amount");
        }
        balances.merge(from, -(long) amount, Long::sum);
        long balance = balances.merge(to, (long) amount, Long::sum);
        return Result.ok(ByteBuffer.allocate(Long.BYTES).putLong(balance).array());
    }

    @Override
    public boolean appliesInline() {
        return true;
    }

    @Override
    public Result query(ByteBuffer query, long appliedIndex) {
        long balance = query.hasRemaining() ? balances.getOrDefault(query.get(), 0L) : 0;
        return Result.ok(ByteBuffer.allocate(Long.BYTES).putLong(balance).array());
    }

    @Override
    public void close() { }

    SortedMap<Byte, Long> balances() {
        return balances;
    }
}
