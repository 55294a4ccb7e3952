package io.driftless.ops.demo.bank;

import io.driftless.machine.Consistency;
import io.driftless.machine.QueryOutcome;
import io.driftless.client.MemberClient;
import io.driftless.errors.MalformedException;
import io.driftless.ops.bank.BankQuery;
import io.driftless.ops.bank.BankSerializer;
import io.driftless.ops.console.Count;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Compares the books of every node with the ledger, account by account, and the nodes with one another. Immutable.
 *
 * @param nodes  the books of each node
 * @param ledger what the clients were told
 */
record Audit(List<NodeBooks> nodes, Ledger.Tally ledger) {

    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int COMPLAINTS_MAX = 10;

    /**
     * The books of one node.
     *
     * @param node       its name
     * @param applied    the index that it had applied when they were read
     * @param told       the sums that it keeps up
     * @param statements each account, by its name; those that it does not have are missing
     */
    record NodeBooks(String node, long applied, BankQuery.Books told,
            SortedMap<String, BankQuery.Statement> statements) { }

    /** Reads the books of a node, for these accounts. {@link IOException} if it goes on meanwhile, or has no books. */
    static NodeBooks read(String node, Asked member, Iterable<String> accounts) throws IOException {
        QueryOutcome.Answered whole = member.ask(new BankQuery.Whole());
        SortedMap<String, BankQuery.Statement> statements = new TreeMap<>();
        try {
            for (String account : accounts) {
                QueryOutcome.Answered answer = member.ask(new BankQuery.Account(account));
                if (answer.index() != whole.index()) {
                    throw new IOException(node + " went on from index " + whole.index() + " to "
                            + answer.index() + " while it was read");
                }
                if (answer.result().isOk()) {
                    statements.put(account, BankSerializer.statement(answer.result().value()));
                }
            }
            return new NodeBooks(node, whole.index(), books(whole), statements);
        } catch (MalformedException noBank) {
            throw new IOException(node + " answers with something else: " + noBank.getMessage(), noBank);
        }
    }

    /** The sums in an answer to {@link BankQuery.Whole}; {@link MalformedException} if it has none. */
    static BankQuery.Books books(QueryOutcome.Answered whole) {
        return BankSerializer.books(whole.result().value());
    }

    /** Something that answers queries from its own books. */
    interface Asked {
        /** The answer; {@link IOException} if there is none. */
        QueryOutcome.Answered ask(BankQuery query) throws IOException;

        /** A node. */
        static Asked member(MemberClient member) {
            return query -> member.query(BankSerializer.encode(query), Consistency.STALE, ANSWER);
        }
    }

    /** Whether all nodes have the same books as of the same index. */
    boolean nodesAgree() {
        NodeBooks first = nodes.getFirst();
        return nodes.stream().allMatch(node -> node.applied() == first.applied() && node.told().equals(first.told())
                && node.statements().equals(first.statements()));
    }

    /** How many transfers were at least executed beyond those that the clients know of, on the node with the most. */
    long duplicated() {
        return nodes.stream().mapToLong(node -> transfers(node, (statement, expected) ->
                statement.movements() - expected.movementsMax())).max().orElseThrow();
    }

    /** How many transfers that were acknowledged are at least missing, on the node with the most. */
    long lost() {
        return nodes.stream().mapToLong(node -> transfers(node, (statement, expected) ->
                expected.movementsMin() - statement.movements())).max().orElseThrow();
    }

    private interface Difference {
        long of(BankQuery.Statement statement, Ledger.Expected expected);
    }

    // Each transfer is a movement on two accounts.
    private long transfers(NodeBooks node, Difference difference) {
        long movements = 0;
        for (Map.Entry<String, Ledger.Expected> account : ledger.accounts().entrySet()) {
            BankQuery.Statement statement = node.statements().getOrDefault(account.getKey(),
                    new BankQuery.Statement(0, 0));
            movements += Math.max(0, difference.of(statement, account.getValue()));
        }
        return (movements + 1) / 2;
    }

    /** What is wrong, in words; empty if nothing is. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        if (!nodesAgree()) {
            complaints.add("the nodes do not agree");
        }
        if (!ledger.odd().isEmpty()) {
            complaints.add(ledger.odd());
        }
        for (NodeBooks node : nodes) {
            long sum = node.statements().values().stream().mapToLong(BankQuery.Statement::balance).sum();
            if (sum != ledger.deposited() || node.told().total() != sum) {
                complaints.add(node.node() + " has " + sum + " on its accounts, and tells a total of "
                        + node.told().total() + "; deposited were " + ledger.deposited());
            }
            if (node.told().accounts() != ledger.accounts().size()) {
                complaints.add(node.node() + " has " + Count.of(node.told().accounts(), "account") + "; opened were "
                        + ledger.accounts().size());
            }
            ledger.accounts().forEach((account, expected) -> {
                BankQuery.Statement statement = node.statements().get(account);
                if (statement == null || !expected.holds(statement)) {
                    complaints.add(node.node() + ", account " + account + ": "
                            + (statement == null ? "absent" : statement.balance() + " after " + statement.movements()
                            + " movements") + "; it must have " + expected);
                }
            });
        }
        return complaints.size() <= COMPLAINTS_MAX ? complaints : List.copyOf(complaints.subList(0, COMPLAINTS_MAX));
    }
}
