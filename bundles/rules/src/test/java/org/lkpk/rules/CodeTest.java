package org.lkpk.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.Assert.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.BeforeClass;
import org.junit.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** What the code of the bundles may know. */
public class CodeTest {
    /** Packages whose code runs on a machine's thread and knows guest time only. */
    private static final String[] GUEST_TIME = {"org.lkpk.card..", "org.lkpk.cpu.."};
    /** Translates beside the machine's thread; the guest sees nothing of it. */
    private static final String TRANSLATOR = "org\\.lkpk\\.cpu\\.engine\\.Translator(\\$.*)?";

    private static JavaClasses code;

    @BeforeClass
    public static void readAllClasses() {
        code = new ClassFileImporter().importPaths(Reactor.bundles().stream().map(Reactor.Module::content).toList());
    }

    @Test
    public void cardsSeeOnlyTheBusApiAndJava() {
        classes().that().resideInAPackage("org.lkpk.card..").should().onlyDependOnClassesThat().resideInAnyPackage(
                "java..", "org.lkpk.api.bus", "org.lkpk.card..", "org.osgi.service.component.annotations").check(code);
    }

    @Test
    public void cardsDoNotKnowEachOther() {
        slices().matching("org.lkpk.card.(*)..").should().notDependOnEachOther().check(code);
    }

    @Test
    public void bundlesKnowEachOtherByTheApiOnly() {
        for (Reactor.Module module : Reactor.bundles()) {
            if (module.classes().isEmpty()) continue;
            JavaClasses own = new ClassFileImporter().importPath(module.content());
            noClasses().should().dependOnClassesThat(describe("belong to another bundle", target ->
                    target.getPackageName().startsWith("org.lkpk.")
                            && !target.getPackageName().startsWith("org.lkpk.api.")
                            && !own.contain(target.getBaseComponentType().getName()))).check(own);
        }
    }

    @Test
    public void cardsAndCpuKnowNoThreadOrLock() {
        // What java.util.concurrent has besides atomics and lists that may change while they are walked.
        DescribedPredicate<JavaClass> threadOrLock = describe("are for threads", target ->
                target.isAssignableTo(Thread.class) || target.isAssignableTo(ThreadLocal.class)
                        || target.isAssignableTo(java.util.Timer.class)
                        || target.getPackageName().startsWith("java.util.concurrent")
                                && !target.getPackageName().equals("java.util.concurrent.atomic")
                                && !target.isAssignableTo(java.util.concurrent.CopyOnWriteArrayList.class));
        noClasses().that().resideInAnyPackage(GUEST_TIME).and().haveNameNotMatching(TRANSLATOR).should().dependOnClassesThat(threadOrLock).check(code);
    }

    @Test
    public void cardsAndCpuReadNoHostClock() {
        DescribedPredicate<JavaMethodCall> hostClock = describe("reads the host's clock", call -> {
            MethodCallTarget target = call.getTarget();
            JavaClass owner = target.getOwner();
            String name = target.getName();
            return owner.isEquivalentTo(System.class) && Set.of("nanoTime", "currentTimeMillis").contains(name)
                    || owner.getPackageName().startsWith("java.time")
                            && (name.equals("now") || name.startsWith("system"));
        });
        noClasses().that().resideInAnyPackage(GUEST_TIME).and().haveNameNotMatching(TRANSLATOR).should().callMethodWhere(hostClock)
                .orShould().dependOnClassesThat().haveFullyQualifiedName("java.util.Date").check(code);
    }

    @Test
    public void cardsAndCpuHoldNoMonitor() throws IOException {
        List<String> found = new ArrayList<>();
        List<Reactor.Module> modules = new ArrayList<>(Reactor.bundlesOf("cards"));
        modules.add(new Reactor.Module("cpu-bundle"));
        for (Reactor.Module module : modules)
            for (Path file : module.classes()) new ClassReader(Files.readAllBytes(file)).accept(new Monitors(found), 0);
        assertEquals(List.of(), found);
    }

    @Test
    public void theApiHoldsTypesWithoutCodeOnly() {
        classes().that().resideInAPackage("org.lkpk.api..").and().doNotHaveSimpleName("package-info")
                .and().doNotHaveFullyQualifiedName("org.lkpk.api.patch.PatchActivator")
                .should().beInterfaces().orShould().beRecords().orShould().beEnums()
                .orShould().beAssignableTo(Throwable.class).check(code);
    }

    @Test
    public void packagesFormNoCycles() {
        slices().matching("org.lkpk.(**)").should().beFreeOfCycles().check(code);
    }

    /** Notes methods that are synchronized or hold a block that is. */
    private static final class Monitors extends ClassVisitor {
        private final List<String> found;
        private String type;

        Monitors(List<String> found) {
            super(Opcodes.ASM9);
            this.found = found;
        }

        @Override
        public void visit(int version, int access, String name, String signature, String parent, String[] interfaces) {
            type = name;
        }

        @Override
        public MethodVisitor visitMethod(int access, String name, String type, String signature, String[] exceptions) {
            String method = this.type + '.' + name;
            if ((access & Opcodes.ACC_SYNCHRONIZED) != 0) found.add(method);
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public void visitInsn(int opcode) {
                    if (opcode == Opcodes.MONITORENTER) found.add(method);
                }

                @Override
                public void visitMethodInsn(int opcode, String owner, String callee, String type, boolean isInterface) {
                    if (owner.equals("java/lang/Object") && Set.of("wait", "notify", "notifyAll").contains(callee))
                        found.add(method);
                }
            };
        }
    }
}
