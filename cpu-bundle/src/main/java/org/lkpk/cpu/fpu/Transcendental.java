package org.lkpk.cpu.fpu;

/** stub */
final class Transcendental {
    long second;
    int secondExponent;
    Transcendental(Fpu fpu) { }
    void sine(long a, int ae) { }
    void cosine(long a, int ae) { }
    void sineAndCosine(long a, int ae) { }
    void tangent(long a, int ae) { }
    void exponential(long a, int ae) { }
    void ofTwo(int operation, long y, int ye, long x, int xe) { }
}
