package org.lkpk.shell;

import org.apache.felix.service.command.Converter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Lets commands take bundles by id or symbolic name; where there is no terminal, Gogo's own that does so is missing. */
@Component(property = Converter.CONVERTER_CLASSES + "=org.osgi.framework.Bundle")
public final class BundleNames implements Converter {
    private final BundleContext context;

    @Activate
    public BundleNames(BundleContext context) {
        this.context = context;
    }

    @Override
    public Object convert(Class<?> wanted, Object given) {
        if (wanted != Bundle.class) return null;
        String text = given.toString();
        if (text.matches("[0-9]{1,18}")) return context.getBundle(Long.parseLong(text));
        for (Bundle bundle : context.getBundles()) if (text.equals(bundle.getSymbolicName())) return bundle;
        return null;
    }

    @Override
    public CharSequence format(Object target, int level, Converter escape) {
        if (level != LINE && level != PART || !(target instanceof Bundle bundle)) return null;
        return bundle.getBundleId() + " " + bundle.getSymbolicName();
    }
}
