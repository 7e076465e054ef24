package org.lkpk.trust;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.Patcher;
import org.lkpk.api.patch.Trust;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's trust, kept in {@code $XDG_CONFIG_HOME/lkpk}. The framework property {@code lkpk.unsigned=true} lets
 * everything pass, and says so for each.
 */
@Component
public final class UserTrust implements Trust {
    private static final Logger LOG = LoggerFactory.getLogger(UserTrust.class);

    private final boolean open;
    private final Kit kit;
    private final Keys keys;

    @Activate
    public UserTrust(BundleContext context) {
        this(Boolean.parseBoolean(context.getProperty("lkpk.unsigned")), new Kit(context.getProperty("lkpk.home")), new Keys(Keys.home()));
        if (open) LOG.warn("unsigned patches are allowed: --allow-unsigned");
    }

    UserTrust(boolean open, Kit kit, Keys keys) {
        this.open = open;
        this.kit = kit;
        this.keys = keys;
    }

    @Override
    public String check(Bundle patch) throws PatchRefused {
        String name = String.valueOf(patch.getHeaders("").get(Patcher.HEADER));
        try {
            return check(name, Content.of(patch));
        } catch (IOException unreadable) {
            throw new PatchRefused(name + ": " + unreadable.getMessage());
        }
    }

    @Override
    public String check(Path jar) throws PatchRefused {
        try {
            Content content = Content.of(jar);
            if (content.files().isEmpty()) throw new PatchRefused(jar + ": not a jar, or an empty one");
            return check(jar.getFileName().toString(), content);
        } catch (IOException unreadable) {
            throw new PatchRefused(jar + ": not a jar: " + unreadable.getMessage());
        }
    }

    private String check(String name, Content content) throws PatchRefused {
        try {
            if (kit.brings(content)) return name + " is the kit's own";
            X509Certificate signer = content.signer(name);
            if (keys.trusted(signer)) return name + " is signed by " + Keys.title(signer);
            throw new PatchRefused(name + ": signed by " + Keys.title(signer) + ", whom you do not trust; patch:trust does");
        } catch (PatchRefused refused) {
            if (!open) throw refused;
            LOG.warn("{}; applied all the same: --allow-unsigned", refused.getMessage());
            return name + " is not vouched for";
        } catch (IOException unreadable) {
            throw new PatchRefused(name + ": " + unreadable.getMessage());
        }
    }

    @Override
    public void sign(Path jar) throws PatchRefused {
        try {
            keys.sign(jar);
        } catch (IOException failure) {
            throw new PatchRefused(jar + ": cannot be signed: " + failure.getMessage());
        }
    }

    @Override
    public String trust(Path file) throws PatchRefused {
        try {
            X509Certificate certificate = Keys.certificate(file);
            if (certificate == null) {
                Content content = Content.of(file);
                if (content.files().isEmpty()) throw new IOException("neither a jar nor a certificate (PEM)");
                certificate = content.signer(file.toString());
            }
            keys.trust(certificate);
            return Keys.title(certificate) + " is trusted now, as " + keys.folder() + " has it";
        } catch (IOException failure) {
            throw new PatchRefused(file + ": " + failure.getMessage());
        }
    }
}
