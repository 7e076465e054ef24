package org.lkpk.cpu.table;

/**
 * An operand as a row of the opcode table names it: the addressing letter and width letter of SDM vol. 2, appendix A.2,
 * or a register.
 */
public enum Operand {
    Eb, Ew, Ed, Ev, Gb, Gw, Gd, Gv, Zb, Zv, Zd,
    /** Memory only; the instruction knows its size. */
    M, Mb, Mw, Md, Mq, Mt, Mp,
    Ib, Iw, Iz,
    /** A byte, sign-extended to the operand size. */
    sIb,
    Jb, Jz, Ap, Ob, Ov, Sw, Cd, Dd, Td, Rd,
    AL, AX, EAX, rAX, CL, DX, ES, CS, SS, DS, FS, GS,
    /** The constant 1 of the shifts. */
    ONE, ST, STi,
    /** MMX register; MMX register or memory; MMX register alone. */
    Pd, Pq, Qd, Qq, Nq,
    /** XMM register; XMM register or memory; XMM register alone. */
    Vd, Vq, Vdq, Vss, Vsd, Vps, Vpd, Wd, Wq, Wdq, Wss, Wsd, Wps, Wpd, Uq, Udq, Ups, Upd,
    /** 16 bytes in memory; a general register or a word in memory. */
    Mdq, Mps, Mpd, RdMw;

    /** Width in bits for an operand size of 16 or 32; 0 if it has none of its own. */
    public int bits(int operandSize) {
        return switch (this) {
            case Eb, Gb, Zb, Mb, Ib, Ob, AL, CL -> 8;
            case Ew, Gw, Mw, Iw, Sw, AX, DX -> 16;
            case Ed, Gd, Zd, Md, Cd, Dd, Td, Rd, EAX, Pd, Qd, Vd, Wd, Vss, Wss -> 32;
            case RdMw -> 16;
            case Mq, Pq, Qq, Nq, Vq, Wq, Uq, Vsd, Wsd -> 64;
            case Mt -> 80;
            case Vdq, Vps, Vpd, Wdq, Wps, Wpd, Udq, Ups, Upd, Mdq, Mps, Mpd -> 128;
            case Ev, Gv, Zv, Iz, sIb, Ov, rAX -> operandSize;
            default -> 0;
        };
    }

    public boolean modRm() {
        return switch (this) {
            case Zb, Zv, Zd, Ib, Iw, Iz, sIb, Jb, Jz, Ap, Ob, Ov, ST, ONE -> false;
            default -> ordinal() < AL.ordinal() || ordinal() > GS.ordinal();
        };
    }

    /** A register or memory, as the ModRM byte's rm part says. */
    public boolean registerOrMemory() {
        return switch (this) {
            case Eb, Ew, Ed, Ev -> true;
            default -> false;
        };
    }

    public boolean onlyMemory() {
        return switch (this) {
            case M, Mb, Mw, Md, Mq, Mt, Mp, Mdq, Mps, Mpd -> true;
            default -> false;
        };
    }
}
