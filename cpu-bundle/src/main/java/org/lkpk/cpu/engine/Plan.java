package org.lkpk.cpu.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/**
 * What a region is to be made of: the hot block and what it leads to within its page, by how often it was run. Made on the
 * machine's thread; the translator reads it.
 */
final class Plan {
    /** HotSpot stops inlining in a method that would become longer than with about so many instructions. */
    static final int MOST = 120;
    /** A block belongs to a region if it was run at least one time for so many of the hot one's. */
    private static final int RARELY = 64;
    /** About how long an instruction's bytecode is, with an operand in memory and without, an x87 one's; and how long a method may be. */
    private static final int LONG = 60, SHORT = 35, NUMERIC = 50, LONGEST = 7000;

    /** A block's place: where its instructions stand in {@link #insns}, and its offset in the page. */
    static final class Node {
        final Block block;
        final int offset;
        int first;

        Node(Block block) {
            this.block = block;
            offset = block.index & 0xFFF;
        }

        /** Number of its last instruction. */
        int last() {
            return first + block.count - 1;
        }
    }

    final int mode;
    final Block head;
    final Node[] nodes;
    final Insn[] insns;
    /** Offsets of what the region's calls return to, within it. */
    final Set<Integer> returns = new HashSet<>();
    private final Map<Integer, Node> byOffset = new HashMap<>();

    private Plan(Block head, List<Block> chosen) {
        this.head = head;
        mode = head.mode;
        chosen.sort(Comparator.comparingInt(b -> b.index));
        nodes = new Node[chosen.size()];
        List<Insn> all = new ArrayList<>();
        for (int n = 0; n < nodes.length; n++) {
            Node node = nodes[n] = new Node(chosen.get(n));
            node.first = all.size();
            byOffset.put(node.offset, node);
            for (Insn i : node.block.insns) all.add(i.from(node.offset + i.offset));
        }
        insns = all.toArray(new Insn[0]);
        for (Node node : nodes) returns(node);
    }

    /** The plan for a region of at most {@code most} instructions around {@code head}. */
    static Plan of(Block head, CodeCache cache, int most) {
        List<Block> chosen = new ArrayList<>();
        Set<Integer> seen = new HashSet<>(List.of(head.index));
        PriorityQueue<Block> next = new PriorityQueue<>(Comparator.comparingInt((Block b) -> -b.runs));
        next.add(head);
        int size = 0, bytes = 0;
        while (!next.isEmpty()) {
            Block b = next.poll();
            int length = 0;
            for (Insn i : b.insns) length += FpuEmitter.emits(i) ? NUMERIC : i.memory() ? LONG : SHORT;
            if ((size + b.count > most || bytes + length > LONGEST) && b != head) continue;
            chosen.add(b);
            b.asked = true;
            size += b.count;
            bytes += length;
            for (int to : successors(b)) {
                int index = (b.index & ~0xFFF) + to;
                if (to < 0 || to > 0xFFF || !seen.add(index)) continue;
                Block s = cache.find(index, head.mode);
                if (s != null && !s.asked && translatable(s) && s.runs >= head.runs / RARELY) next.add(s);
            }
        }
        return new Plan(head, chosen);
    }

    /** Whether code of a block can become part of a region: flat, in one page, without a trap. */
    static boolean translatable(Block b) {
        int wanted = CpuState.FLAT | CpuState.CODE32 | CpuState.STACK32;
        return (b.mode & wanted) == wanted && b.index >= 0 && b.secondPage < 0 && b.live && b.count > 0 && b.ops[0].weight != 0;
    }

    /** Offsets in the page of the blocks that a block leads to, as far as they are known, its own page's or not. */
    private static int[] successors(Block b) {
        int at = b.index & 0xFFF, next = at + b.length;
        Insn last = b.insns[b.count - 1];
        if (!b.ends) return new int[] {next};
        return switch (kind(last)) {
            case CONDITIONAL, CALL -> new int[] {next, next + last.immediate};
            case JUMP -> new int[] {next + last.immediate};
            case OTHER -> last.form.name().startsWith("ret") || last.form.name().equals("jmp_e") ? new int[0] : new int[] {next};
        };
    }

    /** What an instruction that ends a block is to a region. */
    enum End { CONDITIONAL, JUMP, CALL, OTHER }

    static End kind(Insn i) {
        String name = i.form.name();
        if (i.operandSize != 32) return End.OTHER;
        if (name.equals("jmp")) return End.JUMP;
        if (name.equals("call")) return End.CALL;
        boolean short8 = i.opcode >= 0x70 && i.opcode <= 0x7F, long32 = i.opcode >= 0x80 && i.opcode <= 0x8F;
        return (short8 || long32) && name.startsWith("j") ? End.CONDITIONAL : End.OTHER;
    }

    /** Notes where a call returns to that does not leave the region. */
    private void returns(Node node) {
        Insn last = insns[node.last()];
        int next = node.offset + node.block.length;
        if (node.block.ends && kind(last) == End.CALL && at(next) != null && at(next + last.immediate) != null) returns.add(next);
    }

    boolean live() {
        for (Node n : nodes) if (!n.block.live) return false;
        return true;
    }

    /** There will be no such region: its blocks may be asked for again. */
    void forget() {
        for (Node n : nodes) {
            n.block.asked = false;
            n.block.runs = 0;
        }
    }

    /** The block at an offset of the page, or null. */
    Node at(int offset) {
        return byOffset.get(offset);
    }
}
