package org.lkpk.cpu.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/**
 * What a region is to be made of: the hot block, what it leads to and what leads to it within its page, by how often it was
 * run. Made on the machine's thread; the translator reads it.
 */
final class Plan {
    /** Instructions of a region: what C2 takes for one grows faster than its length. */
    static final int MOST = 120;
    /** A block that is led to belongs to a region if it ran once for so many runs of the hot one; and one that leads there. */
    private static final int RARELY = 64, LESS = 8;
    /** Instructions that end a block, and after which it mostly goes on with the next one; none of them moves the page it is in. */
    private static final Set<String> GOES_ON = Set.of("cli", "sti", "popf", "mov_segment", "pop_segment",
            "mov_ofControl", "rdtsc", "movs_b", "movs_v", "stos_b", "stos_v", "lods_b", "lods_v", "scas_b", "scas_v", "cmps_b",
            "cmps_v", "loop", "jcxz");
    /** An entry costs all other code some freedom: it is worth that once in so many instructions. */
    private static final int SELDOM = 50_000;
    /** About how long an instruction's bytecode is, with an operand in memory and without, an x87 or SSE one's; and how long a method may be. */
    private static final int LONG = 60, SHORT = 35, NUMERIC = 50, LANES = 90, LONGEST = 7000;

    /** A block's place: where its instructions stand in {@link #insns}, and its offset in the page. */
    static final class Node {
        final Block block;
        final int offset;
        int first, number;
        /** Offsets of what came after it, if it ends by choosing. */
        final int[] chosen;

        Node(Block block) {
            this.block = block;
            offset = block.index & 0xFFF;
            chosen = chosen(block);
        }

        /** Number of its last instruction. */
        int last() {
            return first + block.count - 1;
        }

        /** Offset of what stands behind it. */
        int next() {
            return offset + block.length;
        }

        /** Whether it ends with a call. */
        boolean calls() {
            return block.ends && block.insns[block.count - 1].form.name().startsWith("call");
        }

        /** Offsets in the page of what it goes to, as far as that is known; what a call returns to is not. */
        int[] leadsTo() {
            return Arrays.stream(successors(block)).filter(o -> !calls() || o != next()).toArray();
        }
    }

    final int mode;
    final Block head;
    final Node[] nodes;
    final Insn[] insns;
    /** Offsets of what the region's calls return to, within it. */
    final Set<Integer> returns = new HashSet<>();
    private final Map<Integer, Node> byOffset = new HashMap<>();

    /** Of blocks of one page and mode, the head among them. */
    Plan(Block head, List<Block> chosen) {
        this.head = head;
        mode = head.mode;
        chosen.sort(Comparator.comparingInt(b -> b.index));
        nodes = new Node[chosen.size()];
        List<Insn> all = new ArrayList<>();
        for (int n = 0; n < nodes.length; n++) {
            Node node = nodes[n] = new Node(chosen.get(n));
            node.first = all.size();
            node.number = n;
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
        Map<Integer, List<Block>> before = before(head, cache);
        PriorityQueue<Block> next = new PriorityQueue<>(Comparator.comparingInt((Block b) -> -b.runs));
        next.add(head);
        int size = 0, bytes = 0;
        while (!next.isEmpty()) {
            Block b = next.poll();
            int length = length(b);
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
            for (Block p : before.getOrDefault(b.index & 0xFFF, List.of())) if (seen.add(p.index)) next.add(p);
        }
        return new Plan(head, chosen);
    }

    /** By offset: the blocks of the head's page that lead there and may belong to its region. What a loop leads to is hot before it. */
    private static Map<Integer, List<Block>> before(Block head, CodeCache cache) {
        Map<Integer, List<Block>> before = new HashMap<>();
        for (Block b : cache.beside(head))
            if (b.mode == head.mode && !b.asked && b.runs >= head.runs / LESS && translatable(b))
                for (int to : successors(b)) before.computeIfAbsent(to, o -> new ArrayList<>()).add(b);
        return before;
    }

    /** About how long its bytecode is. */
    private static int length(Block b) {
        int length = 0;
        for (Insn i : b.insns) length += length(i);
        return length;
    }

    private static int length(Insn i) {
        if (SimdEmitter.emits(i)) return LANES;
        return FpuEmitter.emits(i) ? NUMERIC : i.memory() ? LONG : SHORT;
    }

    /** Whether there is room for some blocks in one region. */
    static boolean fits(List<Block> blocks) {
        return blocks.stream().mapToInt(b -> b.count).sum() <= MOST && blocks.stream().mapToInt(Plan::length).sum() <= LONGEST;
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
            case OTHER -> last.form.name().startsWith("ret") ? new int[0] : chooses(last) ? following(b, next) : new int[] {next};
        };
    }

    private static int[] following(Block b, int next) {
        IntStream chosen = Arrays.stream(chosen(b));
        boolean returns = b.insns[b.count - 1].form.name().equals("call_e");
        return (returns ? IntStream.concat(IntStream.of(next), chosen) : chosen).toArray();
    }

    private static int[] chosen(Block b) {
        if (b.chosen == null) return new int[0];
        return Arrays.stream(b.chosen).filter(c -> c != null && c.live).mapToInt(c -> c.index & 0xFFF).distinct().toArray();
    }

    /** Whether it is a jump or call to where an operand says. */
    static boolean chooses(Insn i) {
        return i.operandSize == 32 && (i.form.name().equals("jmp_e") || i.form.name().equals("call_e"));
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
        if (!node.block.ends || at(next) == null) return;
        boolean stays = kind(last) == End.CALL ? at(next + last.immediate) != null
                : last.form.name().equals("call_e") && Arrays.stream(node.chosen).anyMatch(o -> at(o) != null);
        if (stays) returns.add(next);
    }

    /** By block: the numbers of those to which it goes without leaving the region. */
    int[][] edges() {
        int[][] edges = new int[nodes.length][];
        for (Node node : nodes)
            edges[node.number] = targets(node).mapToObj(this::at).filter(Objects::nonNull).mapToInt(n -> n.number).distinct().toArray();
        return edges;
    }

    private IntStream targets(Node node) {
        int next = node.offset + node.block.length;
        Insn last = insns[node.last()];
        if (!node.block.ends || goesOn(last)) return IntStream.of(next);
        return switch (kind(last)) {
            case CONDITIONAL -> IntStream.of(next, next + last.immediate);
            case JUMP, CALL -> IntStream.of(next + last.immediate);
            case OTHER -> returns(last) ? returns.stream().mapToInt(o -> o) : Arrays.stream(node.chosen);
        };
    }

    /** Whether it is the RET that goes back to where one of the region's own calls returns to. */
    static boolean returns(Insn i) {
        return i.form.name().equals("ret") && i.operandSize == 32;
    }

    /** Whether it ends a block and mostly goes on with the next one. */
    static boolean goesOn(Insn i) {
        return GOES_ON.contains(i.form.name());
    }

    /** Whether there are SSE instructions in it. */
    boolean lanes() {
        return Arrays.stream(insns).anyMatch(SimdEmitter::emits);
    }

    /** All blocks. */
    BitSet all() {
        BitSet all = new BitSet();
        all.set(0, nodes.length);
        return all;
    }

    /**
     * Blocks by which a region is to be entered: where it is left when something comes up, or one of each loop that goes on by
     * choosing; and those by which it was entered once in {@link #SELDOM} instructions.
     */
    BitSet entries(int[] entered, long done) {
        BitSet entries = new BitSet();
        int[][] edges = edges();
        for (int n = 0; n < nodes.length; n++) {
            if (entered[n] != 0 && (long) entered[n] * SELDOM >= done) entries.set(n);
            boolean choice = nodes[n].block.ends && kind(insns[nodes[n].last()]) == End.OTHER;
            for (int to : edges[n]) if (!choice && back(nodes[n], nodes[to])) entries.set(to);
        }
        entries.or(new Loops(edges, new int[0]).heads());
        // One repeated instruction may have done more than SELDOM.
        if (entries.isEmpty() || Arrays.stream(entered).allMatch(times -> times == 0)) entries.set(at(head.index & 0xFFF).number);
        return entries;
    }

    /** Whether going from one block to another is going back: there is no way around all of that. */
    static boolean back(Node from, Node to) {
        return to.offset <= from.offset;
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
