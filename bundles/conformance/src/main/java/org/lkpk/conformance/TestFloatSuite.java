package org.lkpk.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Berkeley TestFloat, which knows what IEEE 754 wants. */
final class TestFloatSuite implements Suite {
    @Override
    public String name() {
        return "testfloat";
    }

    @Override
    public String title() {
        return "TestFloat, extF80";
    }

    @Override
    public String reproduce() {
        return "./lkpk conformance --only testfloat --suites FOLDER";
    }

    @Override
    public Result run(Setting setting) throws IOException {
        Path folder = setting.suites().resolve("testfloat");
        if (!Files.isDirectory(folder)) return Result.notRun("no folder testfloat among the suites; --suites names theirs");
        TestFloat testFloat = new TestFloat(setting.processors().get(), setting.engine());
        StringBuilder missing = new StringBuilder();
        for (String operation : TestFloat.operations())
            if (testFloat.run(folder, operation) == 0) missing.append(missing.length() == 0 ? "no vectors of " : ", ").append(operation);
        return Result.of(testFloat.cases(), testFloat.differences(), "1", missing.toString());
    }
}
