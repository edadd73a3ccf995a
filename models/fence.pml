/*
 * Who may change a resource: epoch, seal and stamp, over several leaders and several runs.
 *
 * The journal is atomic here; run.pml shows why it may be. Everything outside of it is not: whoever acts may stop between
 * any two of its steps, for ever, act twice or not at all, and a write that is prepared may arrive at any later time. A
 * resource that does not answer for a while is one at which nothing happens for a while, so it needs no words here.
 * An `@anchor` in a comment is a row in README.md, which names the function that does it.
 */

/* What the resource compares with what it holds: 0 nothing, 1 its version, 2 the epoch, 3 both. */
#ifndef COMPARES
#define COMPARES 3
#endif
/* A write is left out when the value is there already. */
#ifndef SKIPS_EQUAL
#define SKIPS_EQUAL 0
#endif
/* Resources are sealed 0 never, 1 when a run starts, 2 also when it is taken over or taken back. */
#ifndef SEALS
#define SEALS 2
#endif
/* What a new epoch comes with. Where no run brings one, a leadership does. */
#ifndef EPOCH_PER_RUN
#define EPOCH_PER_RUN 1
#endif
#ifndef EPOCH_PER_TAKEOVER
#define EPOCH_PER_TAKEOVER 1
#endif
#ifndef EPOCH_PER_COMPENSATION
#define EPOCH_PER_COMPENSATION 1
#endif
/* Starts, takeovers and compensations, in all. */
#ifndef TURNS
#define TURNS 3
#endif

/* Writes that are prepared at the same time. */
#ifndef HELD
#define HELD 2
#endif
/* Workers that fall asleep with a step in their hands and wake up in a later turn. */
#ifndef SLEEPERS
#define SLEEPERS 0
#endif

#define checksEpoch (COMPARES == 2 || COMPARES == 3)
#define checksVersion (COMPARES == 1 || COMPARES == 3)

/* A step as the journal has it. */
#define PLANNED 0
#define OPEN 1
#define DONE 2
#define GIVEN_UP 3
#define NOT_NEEDED 4

#define SEALING 0
#define APPLYING 1

/* The journal. */
byte leader = 1;
byte epoch = !EPOCH_PER_RUN;
byte turns = 0;
bit inForce = 0;         /* what every resource shows while no run is open */
bool running = false;
bool goesBack = false;   /* the run is being taken back */
bit target = 0;
bit stage = SEALING;
byte step[2];            /* of the stage in progress */
byte apply[2];           /* what is known of the next stage's, kept over a takeover */
bool begun[2];           /* somebody was told to apply: it may have happened */
bool excepted[2];        /* recorded as not known to be right: its site is in quarantine */
bool unchanged[2];       /* the step is as a worker took it */

/* The resources. */
bit value[2];
byte stamp[2];

/* Prepared writes: the epoch (0: none), where to, the value, and whether the version seen is still there. */
byte heldEpoch[HELD];
bit heldAt[HELD];
bit heldValue[HELD];
bool heldFits[HELD];
byte slots = 0;          /* how many there are */

/* A worker that stopped after it took a step of an earlier turn, and may wake up: the epoch (0: none) and the order. */
byte asleepUnder = 0;
bit asleepAt = 0;
bit asleepWants = 0;
bool asleepSeals = false;

#define desired (goesBack -> inForce : target)
#define isOver(status) (status >= DONE)

/* The end of a run is a promise about every resource that is no exception, until the next run begins. */
inline checkPromise() {
  assert(running || ((excepted[0] || value[0] == inForce) && (excepted[1] || value[1] == inForce)))
}

inline newTurn(raisesEpoch) {
  turns++;
  epoch = epoch + raisesEpoch
}

inline beginWith(first) {
  step[0] = (first == SEALING -> PLANNED : apply[0]);
  step[1] = (first == SEALING -> PLANNED : apply[1]);
  if
  :: first == APPLYING -> apply[0] = PLANNED; apply[1] = PLANNED
  :: else
  fi;
  unchanged[0] = false;
  unchanged[1] = false;
  stage = first
}

/* @resume: what is done stays done, what was under way is planned anew. */
inline keepDone(r) {
  if
  :: stage == APPLYING -> apply[r] = step[r]
  :: else
  fi;
  if
  :: apply[r] != DONE && apply[r] != NOT_NEEDED -> apply[r] = PLANNED
  :: else
  fi
}

inline open(r) {
  if
  :: step[r] == PLANNED ->
     step[r] = OPEN;
     begun[r] = begun[r] || (stage == APPLYING && !goesBack)
  :: else
  fi
}

inline conclude(r) {
  excepted[r] = (step[r] == GIVEN_UP || (step[r] == NOT_NEEDED && excepted[r]));
  step[r] = PLANNED;
  begun[r] = false
}

proctype Orchestrator(byte me) {
end:
  do
  :: atomic { /* @take-over: the leader's lease has ended, and the next one claims. Which one makes no difference. */
       running && leader % 3 + 1 == me && turns < TURNS ->
       leader = me;
       newTurn(EPOCH_PER_TAKEOVER);
       keepDone(0);
       keepDone(1);
       beginWith((SEALS == 2 -> SEALING : APPLYING));
       printf("orchestrator %d takes the run over under epoch %d\n", me, epoch)
     }
#if !EPOCH_PER_RUN
  :: atomic { /* @claim: between runs, a leader brings an epoch only where a run does not */
       !running && leader % 3 + 1 == me && turns < TURNS ->
       leader = me;
       newTurn(1);
       printf("orchestrator %d leads under epoch %d\n", me, epoch)
     }
#endif
  :: atomic { /* @start-run */
       leader == me && !running && turns < TURNS ->
       newTurn(EPOCH_PER_RUN);
       running = true;
       if
       :: target = 1 - inForce
       :: (excepted[0] || excepted[1]) -> target = inForce /* takes in what came back */
       fi;
       beginWith((SEALS >= 1 -> SEALING : APPLYING));
       printf("orchestrator %d starts a run to %d under epoch %d\n", me, target, epoch)
     }
  :: atomic { /* @take-back */
       leader == me && running && !goesBack && turns < TURNS ->
       newTurn(EPOCH_PER_COMPENSATION);
       goesBack = true;
       target = 0;
       apply[0] = (begun[0] -> PLANNED : NOT_NEEDED);
       apply[1] = (begun[1] -> PLANNED : NOT_NEEDED);
       begun[0] = false;
       begun[1] = false;
       beginWith((SEALS == 2 -> SEALING : APPLYING));
       printf("orchestrator %d takes the run back under epoch %d\n", me, epoch)
     }
  :: atomic { /* @open-steps */
       leader == me && running && (step[0] == PLANNED || step[1] == PLANNED) ->
       open(0);
       open(1);
       printf("orchestrator %d opens the steps of stage %d\n", me, stage)
     }
  :: atomic { /* @deadline: resource 0 must have its value, everything else may fail */
       leader == me && running && step[0] == OPEN ->
       unchanged[0] = false;
       if
       :: stage == SEALING || goesBack -> step[0] = GIVEN_UP; printf("resource 0 is given up in stage %d\n", stage)
       :: else -> printf("resource 0 is tried again\n")
       fi
     }
  :: atomic { /* @deadline */
       leader == me && running && step[1] == OPEN ->
       unchanged[1] = false;
       step[1] = GIVEN_UP;
       printf("resource 1 is given up in stage %d\n", stage)
     }
  :: atomic { /* @next-stage */
       leader == me && running && stage == SEALING && isOver(step[0]) && isOver(step[1]) ->
       beginWith(APPLYING);
       printf("everything is sealed that can be\n")
     }
  :: atomic { /* @close */
       leader == me && running && stage == APPLYING && isOver(step[0]) && isOver(step[1]) ->
       if
       :: goesBack -> printf("the run is taken back and closed\n")
       :: else -> printf("the run is closed: %d is in force\n", target); inForce = target
       fi;
       conclude(0);
       conclude(1);
       running = false;
       goesBack = false;
       target = 0;
       stage = SEALING;
       checkPromise()
     }
  od
}

#define fits(slot) \
  ((!checksEpoch || heldEpoch[slot] >= stamp[heldAt[slot]]) && (!checksVersion || heldFits[slot]))

/* The prepared writes stand in a row, so that the same ones are always the same state. */
inline forget(slot) {
  for (moved : slot .. HELD - 2) {
    heldEpoch[moved] = heldEpoch[moved + 1];
    heldAt[moved] = heldAt[moved + 1];
    heldValue[moved] = heldValue[moved + 1];
    heldFits[moved] = heldFits[moved + 1]
  }
  heldEpoch[HELD - 1] = 0;
  heldAt[HELD - 1] = 0;
  heldValue[HELD - 1] = 0;
  heldFits[HELD - 1] = false;
  slots--;
  moved = 0
}

/* @fenced-write: compared and set by the resource in one go. */
inline arrive(slot) {
  at = heldAt[slot];
#ifdef CHECKS_SEAL
  /* Once sealed for a turn, nothing of an earlier turn changes it. */
  assert(heldEpoch[slot] == epoch || stamp[at] < epoch);
#endif
  printf("resource %d := %d under epoch %d\n", at, heldValue[slot], heldEpoch[slot]);
  value[at] = heldValue[slot];
  stamp[at] = heldEpoch[slot];
  forget(slot);
  other = 0;
  do
  :: other == HELD -> break
  :: other < HELD && heldEpoch[other] != 0 && heldAt[other] == at ->
     heldFits[other] = false;
     if
     :: !fits(other) -> /* refused now: whenever it comes, it changes nothing */
        printf("resource %d refuses %d under epoch %d\n", at, heldValue[other], heldEpoch[other]);
        forget(other)
     :: else -> other++
     fi
  :: else -> other++
  od;
#if SLEEPERS
  if
  :: checksEpoch && asleepUnder != 0 && asleepAt == at && stamp[at] > asleepUnder ->
     printf("a worker is stopped by resource %d, whenever it wakes up: epoch %d is over\n", at, asleepUnder);
     wakeUp()
  :: else
  fi;
#endif
  other = 0;
  at = 0;
  checkPromise()
}

/* @write: of what was just read, to arrive whenever it may. A seal keeps the value. */
inline prepare(to, under, wants, isSeal) {
  heldEpoch[slots] = under;
  heldAt[slots] = to;
  heldValue[slots] = (isSeal -> value[to] : wants);
  heldFits[slots] = checksVersion;
  printf("a worker prepares resource %d := %d under epoch %d\n", to, heldValue[slots], under);
  slots++
}

inline wakeUp() {
  asleepUnder = 0;
  asleepAt = 0;
  asleepWants = 0;
  asleepSeals = false
}

/* Does one step after the other, of either resource. It may be gone at any point, and the next one begins anew. */
active proctype Worker() {
  bit r;
  byte mine;
  bit wanted;
  bool seals;
  bool wrote;
end:
  do
  :: atomic { /* @take */
       running && (step[0] == OPEN || step[1] == OPEN) ->
       if
       :: step[0] == OPEN -> r = 0
       :: step[1] == OPEN -> r = 1
       fi;
       unchanged[r] = true;
       mine = epoch;
       seals = (stage == SEALING);
       wanted = (seals -> 0 : desired)
     };
     do
     :: atomic { /* @read */
          if
          :: checksEpoch && stamp[r] > mine -> break
          :: else
          fi;
          if
          :: wrote && (checksEpoch -> stamp[r] == mine : 1) && (seals || value[r] == wanted) -> goto report
          :: !wrote && SKIPS_EQUAL && !seals && value[r] == wanted -> goto report
          :: else
          fi;
          if
          :: slots == HELD -> break
          :: else -> prepare(r, mine, wanted, seals); wrote = true
          fi
        }
#if SLEEPERS
     :: atomic { /* falls asleep, and another one works on */
          mine < epoch && asleepUnder == 0 && stamp[r] <= mine ->
          asleepUnder = mine;
          asleepAt = r;
          asleepWants = wanted;
          asleepSeals = seals;
          break
        }
#endif
     :: break /* stopped, or out of time */
     od;
     atomic { unchanged[r] = false; mine = 0; wanted = 0; seals = false; wrote = false; r = 0 }
     goto end;
report:
     atomic { /* @report */
       if
       :: unchanged[r] && epoch == mine -> step[r] = DONE; printf("a worker reports resource %d: done\n", r)
       :: else -> printf("a report on resource %d comes too late\n", r)
       fi;
       unchanged[r] = false;
       mine = 0; wanted = 0; seals = false; wrote = false; r = 0
     }
  od
}

#if SLEEPERS
active proctype Sleeper() {
end:
  do
  :: atomic { asleepUnder != 0 && slots < HELD ->
       printf("a worker wakes up that took a step under epoch %d\n", asleepUnder);
       prepare(asleepAt, asleepUnder, asleepWants, asleepSeals);
       wakeUp()
     }
  od
}
#endif

active proctype Network() {
  byte other;
  byte moved;
  bit at;
end:
  do
  :: atomic { heldEpoch[0] != 0 -> arrive(0) }
  :: atomic { heldEpoch[0] != 0 -> forget(0) } /* lost */
#if HELD > 1
  :: atomic { heldEpoch[1] != 0 -> arrive(1) }
  :: atomic { heldEpoch[1] != 0 -> forget(1) }
#endif
#if HELD > 2
  :: atomic { heldEpoch[2] != 0 -> arrive(2) }
  :: atomic { heldEpoch[2] != 0 -> forget(2) }
#endif
  od
}

init {
  atomic { run Orchestrator(1); run Orchestrator(2); run Orchestrator(3) }
}
