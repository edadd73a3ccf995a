/*
 * A run: lease, claim, intent, take, report, resume, take back, promote, close. What each commit compares is in here
 * one by one, because a leader decides on what it has read and commits later, perhaps much later, when others have
 * committed too. The plan is a move between two sites: seal, fence the active one, promote the other one.
 * An `@anchor` in a comment is a row in README.md, which names the function that does it.
 */

/* A person's taking back compares every step that it decided on. */
#ifndef TAKE_BACK_COMPARES_STEPS
#define TAKE_BACK_COMPARES_STEPS 1
#endif
/* A take and a report compare the step and the group's epoch. */
#ifndef WORKER_COMPARES
#define WORKER_COMPARES 1
#endif
/* A takeover keeps in mind that a step was opened once, under whatever epoch. */
#ifndef RESUME_REMEMBERS
#define RESUME_REMEMBERS 1
#endif
/* What was opened may have happened. Otherwise: only what was reported. */
#ifndef INTENT_COUNTS
#define INTENT_COUNTS 1
#endif
/* There is no way back once the promotion may have happened. */
#ifndef POINT_OF_NO_RETURN
#define POINT_OF_NO_RETURN 1
#endif
#ifndef EPOCH_PER_COMPENSATION
#define EPOCH_PER_COMPENSATION 1
#endif
/* The fence is waited for. Otherwise it may fail, as in fence mode `advisory`. */
#ifndef FENCE_REQUIRED
#define FENCE_REQUIRED 1
#endif
/* A commit may be sent, not be answered, and arrive later. */
#ifndef LATE_COMMITS
#define LATE_COMMITS 1
#endif
/* Starts, takeovers and compensations, in all. */
#ifndef TURNS
#define TURNS 3
#endif

/* Steps, one per stage; the second two are those of a compensation. */
#define SEAL 0
#define FENCE 1
#define PROMOTE 2
#define RESEAL 3
#define UNDO 4
#define STEPS 5

#define PLANNED 0
#define OPEN 1
#define TAKEN 2
#define DONE 3
#define GIVEN_UP 4

/* The journal. */
byte leader = 0;
byte epoch = 0;
bit inForce = 0;               /* the active site while no run is open, and until one is closed */
bool running = false;
bool goesBack = false;
byte stage = SEAL;
byte status[STEPS];
byte under[STEPS];             /* the epoch in a step's record */
byte firstEpoch = 0;           /* of the run */
bool excepted = false;         /* recorded: the active site may be closed, which its guard sees to */
bool begun[STEPS];             /* it was opened, under whatever epoch: it may have happened */

/* Who may write at the two sites. */
bool writable[2];
byte stamp[2];

#define from inForce
#define to (1 - inForce)

/* What an orchestrator has decided and not committed yet, and at which stage it did. */
#define NOTHING 0
#define CLAIM 1
#define START 2
#define OPENS 3
#define GIVES_UP 4
#define GOES_ON 5
#define TAKE_BACK 6
#define CLOSE 7
byte move[4];                  /* by orchestrator; the last one is a commit that was sent and not answered */
byte aim[4];
byte author = 0;               /* of the last one */

/* What a worker has in hand, and whether the step is still as it took it. */
byte hand[2];                  /* the step + 1, or 0 */
byte handUnder[2];
bit handActive[2];             /* the active site when it was taken */
bool handIsCurrent[2];
bool effected[2];

#define NOT_NEEDED 5

#define isOver(s) (s == DONE || s == GIVEN_UP || s == NOT_NEEDED)
#define happened(s) (INTENT_COUNTS -> begun[s] : status[s] == DONE)
#define mayGoBack (!POINT_OF_NO_RETURN || !happened(PROMOTE))
#define mayFail(s) (s == SEAL || s == RESEAL || s == UNDO || (s == FENCE && !FENCE_REQUIRED))
#define isLast(s) (s == PROMOTE || s == UNDO)
#define isLeaders(m) (m == START || m == OPENS || m == GIVES_UP || m == GOES_ON || m == CLOSE)

inline checkSites() {
  assert(!(writable[0] && writable[1]));
  assert(running || !writable[1 - inForce] && (excepted || writable[inForce]))
}

/* @whole-view: what was decided on something that has changed since is refused now, whenever it would be committed. */
inline outdate(slot, isAffected) {
  if
  :: move[slot] != NOTHING && (isAffected) ->
     printf("a decision is refused by the journal: it was made on what has changed since\n");
     move[slot] = NOTHING;
     aim[slot] = 0
  :: else
  fi
}

/* The epoch, the state or the run has changed. */
inline runChanged() {
  outdate(0, true);
  outdate(1, true);
  outdate(2, true);
  outdate(3, true);
  if
  :: move[3] == NOTHING -> author = 0
  :: else
  fi
}

#define comparesStep(slot, s) \
  (move[slot] == CLAIM && running || move[slot] == TAKE_BACK && TAKE_BACK_COMPARES_STEPS || \
    (move[slot] == OPENS || move[slot] == GIVES_UP) && aim[slot] == s)

inline stepChanged(s) {
  outdate(0, comparesStep(0, s));
  outdate(1, comparesStep(1, s));
  outdate(2, comparesStep(2, s));
  outdate(3, comparesStep(3, s));
  if
  :: move[3] == NOTHING -> author = 0
  :: else
  fi;
  handIsCurrent[0] = handIsCurrent[0] && hand[0] != s + 1;
  handIsCurrent[1] = handIsCurrent[1] && hand[1] != s + 1
}

inline planStep(s) {
  status[s] = PLANNED;
  under[s] = epoch
}

/* @resume: seals and what is not done are planned anew; what was opened once is remembered. */
inline planAgain(s) {
  if
  :: status[s] == DONE && s != SEAL && s != RESEAL || status[s] == NOT_NEEDED
  :: else ->
     planStep(s);
     begun[s] = begun[s] && RESUME_REMEMBERS
  fi
}

inline endStep(s) {
  if
  :: status[s] == OPEN || status[s] == TAKEN -> status[s] = GIVEN_UP
  :: else
  fi
}

inline forgetStep(s) {
  status[s] = PLANNED;
  under[s] = 0;
  begun[s] = false
}

inline noneIsCurrent() {
  handIsCurrent[0] = false;
  handIsCurrent[1] = false
}

inline commit(slot, me) {
  if
  :: isLeaders(move[slot]) && leader != me || move[slot] == CLAIM && leader != 0 ->
     printf("a decision of orchestrator %d is refused by the journal: it does not lead\n", me)
  :: else ->
     if
     :: move[slot] == CLAIM -> /* @claim */
        leader = me;
        if
        :: !running -> printf("orchestrator %d leads\n", me)
        :: else -> /* @take-over */
           epoch++;
           if
           :: goesBack -> planAgain(RESEAL); planAgain(UNDO); stage = RESEAL
           :: else -> planAgain(SEAL); planAgain(FENCE); planAgain(PROMOTE); stage = SEAL
           fi;
           noneIsCurrent();
           move[slot] = NOTHING;
           runChanged();
           printf("orchestrator %d leads and takes the run over under epoch %d\n", me, epoch);
           if
           :: goesBack -> printf("a run that is taken back is taken over\n")
           :: begun[PROMOTE] && !goesBack -> printf("a run past its point of no return is taken over\n")
           :: else
           fi
        fi
     :: move[slot] == START -> /* @start-run */
        epoch++;
        running = true;
        firstEpoch = epoch;
        planStep(SEAL);
        planStep(FENCE);
        planStep(PROMOTE);
        move[slot] = NOTHING;
        runChanged();
        printf("orchestrator %d starts a move from %d under epoch %d\n", me, from, epoch)
     :: move[slot] == OPENS -> /* @open-step */
        status[aim[slot]] = OPEN;
        begun[aim[slot]] = true;
        at = aim[slot];
        move[slot] = NOTHING;
        stepChanged(at);
        printf("orchestrator %d opens step %d\n", me, at)
     :: move[slot] == GIVES_UP -> /* @deadline */
        status[aim[slot]] = GIVEN_UP;
        at = aim[slot];
        move[slot] = NOTHING;
        stepChanged(at);
        printf("orchestrator %d gives step %d up\n", me, at)
     :: move[slot] == GOES_ON -> /* @next-stage */
        stage = aim[slot] + 1;
        move[slot] = NOTHING;
        runChanged()
     :: move[slot] == TAKE_BACK -> /* @take-back */
        epoch = epoch + EPOCH_PER_COMPENSATION;
        goesBack = true;
        endStep(SEAL);
        endStep(FENCE);
        endStep(PROMOTE);
        planStep(RESEAL);
        planStep(UNDO);
        if
        :: !happened(FENCE) -> status[UNDO] = NOT_NEEDED
        :: else
        fi;
        stage = RESEAL;
        noneIsCurrent();
        move[slot] = NOTHING;
        runChanged();
        printf("orchestrator %d takes the run back under epoch %d\n", me, epoch)
     :: move[slot] == CLOSE -> /* @close */
        if
        :: aim[slot] == UNDO ->
           assert(!writable[to]);
           excepted = (status[UNDO] == GIVEN_UP || status[UNDO] == NOT_NEEDED && excepted);
           printf("the run is taken back and closed: %d stays active\n", inForce)
        :: else ->
           assert(writable[to]);
           inForce = to;
           excepted = false;
           printf("the run is closed: %d is active\n", inForce)
        fi;
        running = false;
        goesBack = false;
        stage = SEAL;
        firstEpoch = 0;
        forgetStep(SEAL);
        forgetStep(FENCE);
        forgetStep(PROMOTE);
        forgetStep(RESEAL);
        forgetStep(UNDO);
        noneIsCurrent();
        move[slot] = NOTHING;
        runChanged();
        checkSites()
     fi
  fi;
  at = 0;
  move[slot] = NOTHING;
  aim[slot] = 0
}

/* Looks, decides, and commits later: between any two of these everything else may happen. */
proctype Orchestrator(byte me) {
  byte at;
end:
  do
  :: atomic { /* @advance */
       move[me - 1] == NOTHING ->
       if
       :: leader == 0 && (!running || epoch < TURNS) -> move[me - 1] = CLAIM
       :: leader == me && !running && epoch < TURNS -> move[me - 1] = START
       :: leader == me && running && (status[stage] == PLANNED || status[stage] == OPEN || status[stage] == TAKEN) ->
          move[me - 1] = OPENS /* anew, where its deadline has passed */
       :: leader == me && running && (status[stage] == OPEN || status[stage] == TAKEN) && mayFail(stage) ->
          move[me - 1] = GIVES_UP
       :: leader == me && running && isOver(status[stage]) && !isLast(stage) -> move[me - 1] = GOES_ON
       :: leader == me && running && isOver(status[stage]) && isLast(stage) -> move[me - 1] = CLOSE
       :: me == 3 && running && !goesBack && mayGoBack && epoch < TURNS ->
          move[me - 1] = TAKE_BACK /* by whom it is asked; here it is always the third, leading or not */
       fi;
       aim[me - 1] = (move[me - 1] == NOTHING -> 0 : stage)
     }
  :: atomic { move[me - 1] != NOTHING -> commit(me - 1, me) }
#if LATE_COMMITS
  :: atomic { /* sent, and not answered */
       move[me - 1] != NOTHING && move[3] == NOTHING ->
       move[3] = move[me - 1];
       aim[3] = aim[me - 1];
       author = me;
       move[me - 1] = NOTHING;
       aim[me - 1] = 0
     }
#endif
  od
}

#if LATE_COMMITS
active proctype Network() {
  byte at;
end:
  do
  :: atomic { move[3] != NOTHING -> commit(3, author); author = 0 }
  :: atomic { move[3] != NOTHING -> move[3] = NOTHING; aim[3] = 0; author = 0 } /* lost */
  od
}
#endif

active proctype Lease() {
end:
  do
  :: atomic { leader != 0 ->
       if
       :: running -> /* whoever leads next raises the epoch: what was decided before is refused then, or now */
          outdate(leader - 1, isLeaders(move[leader - 1]));
          outdate(3, isLeaders(move[3]));
          if
          :: move[3] == NOTHING -> author = 0
          :: else
          fi
       :: else
       fi;
       leader = 0
     }
  od
}

#define siteOf(s, active) (s == PROMOTE -> 1 - active : active)

inline dropHand() {
  hand[me] = 0;
  handUnder[me] = 0;
  handActive[me] = 0;
  handIsCurrent[me] = false;
  effected[me] = false;
  s = 0;
  site = 0
}

/* Two of them, so that a step may be done twice, at the same time. */
proctype Worker(byte me) {
  byte s;
  byte site;
end:
  do
  :: atomic { /* @take */
       hand[me] == 0 && (me == 0 || hand[0] != 0) && running && (status[stage] == OPEN || status[stage] == TAKEN) &&
         (under[stage] == epoch || !WORKER_COMPARES) ->
       s = stage;
       status[s] = TAKEN;
       stepChanged(s);
       hand[me] = s + 1;
       handUnder[me] = under[s];
       handActive[me] = inForce;
       handIsCurrent[me] = true
     }
  :: atomic { /* @write, and read back */
       hand[me] != 0 && !effected[me] ->
       s = hand[me] - 1;
       site = siteOf(s, handActive[me]);
       if
       :: handUnder[me] < stamp[site] || (s == SEAL || s == RESEAL) && handUnder[me] < stamp[1 - site] ->
          printf("a worker is refused: step %d under epoch %d\n", s, handUnder[me]);
          assert(!(handIsCurrent[me] && epoch == handUnder[me])); /* nobody is refused under the epoch in force */
          dropHand()
       :: else ->
          stamp[site] = handUnder[me];
          effected[me] = true;
          if
          :: s == FENCE -> writable[site] = false
          :: s == PROMOTE ->
             assert(!(running && goesBack && site == to));
             writable[site] = true
          :: s == UNDO -> writable[site] = true
          :: else -> stamp[1 - site] = handUnder[me]
          fi;
          printf("step %d is done under epoch %d at site %d\n", s, handUnder[me], site);
          checkSites()
       fi
     }
  :: atomic { /* @report */
       effected[me] ->
       s = hand[me] - 1;
       site = siteOf(s, handActive[me]);
       if
       :: (WORKER_COMPARES -> handIsCurrent[me] && epoch == handUnder[me] : running && handUnder[me] >= firstEpoch) ->
          status[s] = DONE;
          stepChanged(s);
          printf("step %d is reported\n", s);
          /* What counts as done carries the epoch that is in force. */
          assert(stamp[site] == epoch)
       :: else -> printf("a report on step %d comes too late\n", s)
       fi;
       dropHand()
     }
  :: atomic { hand[me] != 0 -> dropHand() } /* killed */
  od
}

init {
  atomic {
    writable[0] = true;
    run Orchestrator(1); run Orchestrator(2); run Orchestrator(3); run Worker(0); run Worker(1)
  }
}
