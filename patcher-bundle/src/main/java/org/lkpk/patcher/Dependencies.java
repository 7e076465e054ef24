package org.lkpk.patcher;

import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** Which patch bundles need which, as the framework has resolved their requirements. */
final class Dependencies {
    static final String NAMESPACE = "org.lkpk.patch";

    private Dependencies() { }

    /** The patch bundles that {@code bundle} requires. */
    static List<Bundle> of(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        List<Bundle> found = new ArrayList<>();
        if (wiring == null) return found;
        for (BundleWire wire : wiring.getRequiredWires(NAMESPACE)) found.add(wire.getProvider().getBundle());
        return found;
    }

    static boolean needs(Bundle bundle, Bundle other) {
        return of(bundle).contains(other);
    }
}
