package io.murmur.simulation;

import io.murmur.kernel.Timers.Timer;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What one life has noted down in the world's agenda. Its end strikes all of that out: a store's timer of a day would else keep the store,
 * and with it all that its tables hold, until the run is over, once for every restart of every node.
 */
final class LifeCalendar implements Calendar {

    private final Agenda agenda;
    private final Set<Note> notes = new LinkedHashSet<>();
    private boolean isOver;

    LifeCalendar(Agenda agenda) {
        this.agenda = agenda;
    }

    @Override
    public long nowNanos() {
        return agenda.nowNanos();
    }

    @Override
    public Timer at(long nanos, Runnable task) {
        if (isOver) {
            return () -> {};
        }
        Note note = new Note(task);
        notes.add(note);
        note.event = agenda.at(nanos, note);
        return note;
    }

    /** Strikes out all that is left, and takes nothing any more. */
    void end() {
        isOver = true;
        notes.forEach(note -> note.event.cancel());
        notes.clear();
    }

    /** Told apart by identity. */
    private final class Note implements Timer, Runnable {
        private final Runnable task;
        private Timer event = () -> {};

        Note(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            notes.remove(this);
            task.run();
        }

        @Override
        public void cancel() {
            notes.remove(this);
            event.cancel();
        }
    }
}
