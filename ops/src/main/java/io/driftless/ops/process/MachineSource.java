package io.driftless.ops.process;

import io.driftless.errors.ConfigException;
import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.machine.StateMachine;
import io.driftless.node.NodeSettings;
import io.driftless.ops.kv.KeyValueMachine;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the state machines of a node: of the class that {@code state.machine} names, from {@code state.machine.path};
 * without a name, key-value machines. What comes with the application wins over what lies on that path. Thread safe.
 */
public final class MachineSource implements Supplier<StateMachine> {

    private static final String CLASS_KEY = "state.machine";
    private static final String PATH_KEY = "state.machine.path";

    private final String description;
    private final ClassLoader loader;
    private final Constructor<? extends StateMachine> constructor;
    /** Made to see that it can be, and the first that a node gets. */
    private final AtomicReference<@Nullable StateMachine> first;

    private MachineSource(String description, ClassLoader loader, Constructor<? extends StateMachine> constructor,
            StateMachine first) {
        this.description = description;
        this.loader = loader;
        this.constructor = constructor;
        this.first = new AtomicReference<>(first);
    }

    /**
     * Loads the class, and makes a first state machine.
     *
     * @throws ConfigException if something is wrong with a place, the class or its constructor; each problem is a line
     *         that names the file and line (or the variable), the key and the value
     */
    public static MachineSource of(NodeSettings settings) {
        List<URL> given = places(settings);
        List<URL> places = settings.stateMachine().isEmpty() ? List.of() : given;
        ClassLoader application = MachineSource.class.getClassLoader();
        // Stays open: classes are loaded when they are first needed, for as long as the process lives.
        ClassLoader loader = places.isEmpty() ? application
                : new URLClassLoader("state-machine", places.toArray(URL[]::new), application);
        String name = settings.stateMachine().orElse(KeyValueMachine.class.getName());
        String from = places.isEmpty() ? "" : " from " + String.join(", ", settings.stateMachinePath());
        try {
            Constructor<? extends StateMachine> constructor = constructor(Class.forName(name, false, loader));
            return new MachineSource(name + from, loader, constructor, make(constructor));
        } catch (ClassNotFoundException absent) {
            throw problem(settings, name, places.isEmpty()
                    ? "there is no such class in this application, and " + PATH_KEY + " is not set"
                    : "there is no such class in " + PATH_KEY + "=" + String.join(", ", settings.stateMachinePath())
                            + ClassFolders.ofJars(settings.stateMachinePath()).map(folder -> "; '" + folder
                            + "' holds jars: did you mean " + folder + "/*?").orElse(""));
        } catch (LinkageError broken) {
            throw problem(settings, name, "cannot be loaded: " + broken);
        } catch (UnusableException unusable) {
            throw problem(settings, name, String.valueOf(unusable.getMessage()));
        }
    }

    private static ConfigException problem(NodeSettings settings, String name, String why) {
        return new ConfigException(List.of(place(settings, CLASS_KEY) + line(name, why)));
    }

    private static String place(NodeSettings settings, String key) {
        return settings.place(key).map(place -> place + ": ").orElse("");
    }

    private static List<URL> places(NodeSettings settings) {
        List<URL> places = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String entry : settings.stateMachinePath()) {
            try {
                places.addAll(ClassFolders.of(entry));
            } catch (ClassFolders.UselessException useless) {
                problems.add(place(settings, PATH_KEY) + oneLine(PATH_KEY + ": " + useless.getMessage()));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return places;
    }

    /** A class of which there can be no state machine, with the reason. */
    private static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusableException(String why, @Nullable Throwable cause) {
            super(why, cause);
        }
    }

    private static Constructor<? extends StateMachine> constructor(Class<?> named) throws UnusableException {
        if (!StateMachine.class.isAssignableFrom(named)) {
            throw new UnusableException("does not implement " + StateMachine.class.getName(), null);
        }
        if (Modifier.isAbstract(named.getModifiers()) || !Modifier.isPublic(named.getModifiers())) {
            throw new UnusableException("is not a public class that can be instantiated", null);
        }
        try {
            return named.asSubclass(StateMachine.class).getConstructor();
        } catch (NoSuchMethodException absent) {
            throw new UnusableException("has no public constructor without parameters", absent);
        }
    }

    private static StateMachine make(Constructor<? extends StateMachine> constructor) throws UnusableException {
        try {
            return constructor.newInstance();
        } catch (InvocationTargetException thrown) {
            throw new UnusableException("its constructor threw " + thrown.getCause(), thrown.getCause());
        } catch (ExceptionInInitializerError thrown) {
            throw new UnusableException("its static initializer threw " + thrown.getCause(), thrown.getCause());
        } catch (ReflectiveOperationException inaccessible) {
            throw new UnusableException("cannot be instantiated: " + inaccessible, inaccessible);
        }
    }

    private static String line(String name, String why) {
        return oneLine(CLASS_KEY + ": '" + name + "': " + why);
    }

    /** Whatever an exception of somebody else says. */
    private static String oneLine(String text) {
        return text.replaceAll("\\R\\s*", " ");
    }

    /** The class, and where it comes from if that is not the application. */
    public String description() {
        return description;
    }

    /** What finds the classes and resources of the state machine, and of the application. */
    ClassLoader loader() {
        return loader;
    }

    /**
     * A state machine that nobody has opened: another one each time, as for a node that restarts in place.
     *
     * @throws NodeStartException if its constructor throws now
     */
    @Override
    public StateMachine get() {
        StateMachine made = first.getAndSet(null);
        if (made != null) {
            return made;
        }
        try {
            return make(constructor);
        } catch (UnusableException thrown) {
            throw new NodeStartException(EndCause.STATE_MACHINE, line(constructor.getDeclaringClass().getName(),
                    String.valueOf(thrown.getMessage())), thrown.getCause());
        }
    }
}
