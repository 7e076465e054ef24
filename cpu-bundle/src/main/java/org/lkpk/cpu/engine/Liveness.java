package org.lkpk.cpu.engine;

import java.lang.reflect.Method;
import org.lkpk.cpu.table.Insn;

/**
 * Which instructions of a region set flags that nobody sees: neither an instruction, nor a fault, nor whoever goes on after
 * the region. And which conditions stand so close behind a comparison that its operands can be asked instead.
 */
final class Liveness {
    private final Plan plan;
    private final Meanings meanings;
    private final boolean[] dead, kept, liveAtStart;
    private final int[] compared;

    Liveness(Plan plan, Meanings meanings) {
        this.plan = plan;
        this.meanings = meanings;
        dead = new boolean[plan.insns.length];
        kept = new boolean[plan.insns.length];
        compared = new int[plan.insns.length];
        liveAtStart = new boolean[plan.nodes.length];
        for (Plan.Node node : plan.nodes) comparisons(node);
        for (int n = plan.nodes.length - 1; n >= 0; n--) liveAtStart[n] = backwards(plan.nodes[n]);
    }

    /** Whether nobody sees the flags that the instruction sets. */
    boolean dead(int number) {
        return dead[number];
    }

    /** Whether its operands are to be kept for a condition. */
    boolean kept(int number) {
        return kept[number];
    }

    /** Width in bits of the kept operands that its condition can be asked of; 0 if it needs the flags. */
    int compared(int number) {
        return compared[number];
    }

    private void comparisons(Plan.Node node) {
        int source = -1;
        for (int n = node.first; n <= node.last(); n++) {
            Insn i = plan.insns[n];
            String name = i.form.name();
            var condition = meanings.condition(i.form);
            if (condition != null && source >= 0) {
                int width = Meanings.width(plan.insns[source].form, plan.insns[source].operandSize);
                if (meanings.compared(condition, width) != null) {
                    compared[n] = width;
                    kept[source] = true;
                }
            }
            if ((name.equals("cmp") || name.equals("sub")) && meanings.plain(i) != null) source = n;
            else if (condition == null && !transparent(i)) source = -1;
        }
    }

    /** Whether it neither sets nor reads flags. */
    private boolean transparent(Insn i) {
        String name = i.form.name();
        return Meanings.MOVES.contains(name) || name.equals("push") || name.equals("pop");
    }

    private boolean backwards(Plan.Node node) {
        boolean live = liveAfter(node);
        for (int n = node.last(); n >= node.first; n--) {
            Insn i = plan.insns[n];
            Method result = meanings.plain(i);
            if (result != null) {
                dead[n] = !live;
                int taken = meanings.of(i.form, i.operandSize).getParameterCount() - 1;
                if (result.getParameterCount() > taken) live = true;
                else if (meanings.carries(i).getParameterCount() == taken) live = false;
            } else if (meanings.condition(i.form) != null) live |= compared[n] == 0;
            else if (!transparent(i) && !i.form.ends()) live = true;
            // A fault of its own comes before its flags: it shows those from before.
            live |= meanings.mayFault(i) && !jumps(i);
        }
        return live;
    }

    private static boolean jumps(Insn i) {
        return Plan.kind(i) == Plan.End.CONDITIONAL || Plan.kind(i) == Plan.End.JUMP;
    }

    private boolean liveAfter(Plan.Node node) {
        int next = node.offset + node.block.length;
        Insn last = plan.insns[node.last()];
        if (!node.block.ends) return liveAt(node, next);
        return switch (Plan.kind(last)) {
            case CONDITIONAL -> liveAt(node, next) || liveAt(node, next + last.immediate);
            case JUMP -> liveAt(node, next + last.immediate);
            default -> true;
        };
    }

    private boolean liveAt(Plan.Node from, int offset) {
        Plan.Node to = plan.at(offset);
        return to == null || Plan.back(from, to) || liveAtStart[to.number];
    }
}
