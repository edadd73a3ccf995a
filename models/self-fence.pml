/*
 * Fence mode `strict`: site A is cut off, nobody can ask it, and B is opened once A's guard must have fenced by itself.
 * Time is discrete. A tick passes for everybody at once, only that the guard's clock may
 * lose one tick in each lease, which is what the factor 1.1 is for.
 * An `@anchor` in a comment is a row in README.md, which names the function that does it.
 */

/* How long the guard relies on a renewal, on its own clock: `selfFenceMs`. */
#define LEASE 5
/* How long fencing takes once it is due, at most, on everybody's clock. */
#define FENCES_WITHIN 1
/* What the leader waits on top of the lease: the clock's drift of 1.1, and the margin. */
#ifndef DRIFT
#define DRIFT 1
#endif
#ifndef MARGIN
#define MARGIN 1
#endif
/* B is promoted only after the wait. */
#ifndef WAITS
#define WAITS 1
#endif
/* The guard counts from when it sent the renewal, not from when it heard that it arrived. */
#ifndef COUNTS_FROM_SENDING
#define COUNTS_FROM_SENDING 1
#endif
/* Only a guard that has proven that it can fence is waited out. */
#ifndef WANTS_ARMED
#define WANTS_ARMED 1
#endif
/* The guard's process goes on, or is back before its fence is due. */
#ifndef GUARD_LIVES
#define GUARD_LIVES 1
#endif

#define WAIT (WAITS -> LEASE + DRIFT + MARGIN : 0)

/* The sites. */
bool aTakesWrites = true;
bool bTakesWrites = false;

/* The journal. */
bool up = true;
bool failover = false;        /* a failover away from A is open, or was closed */
bool aIsFenced = false;       /* the fence step is done: waited out */
bool promoting = false;       /* the point of no return */
bool unseen = false;          /* a renewal that the leader has not seen */

/* The guard. */
bool armed = true;
bool alive = true;
byte age = 0;                 /* of the last renewal that counts; LEASE: lapsed */
bool orderedOpen = true;      /* what the journal said of A then */
byte due = 0;                 /* for how long the fence has been due */
byte sinceLost = 0;           /* ticks since its clock lost one */

/* A renewal under way. */
#define NONE 0
#define SENT 1
#define COMMITTED 2
#define READ 3
byte renewal = NONE;
byte renewalAge = 0;
bool renewalOrder = false;

/* The leader. */
byte silent = 0;              /* since it saw the last renewal */
bool decided = false;         /* that A was waited out; to be committed */

#define mustFence (aTakesWrites && (age >= LEASE || !orderedOpen))

inline checkSites() { assert(!(aTakesWrites && bTakesWrites)) }

inline grow(counter, most) {
  if
  :: counter < most -> counter++
  :: else
  fi
}

active proctype Time() {
end:
  do
  :: atomic {
       !(armed && alive && mustFence && due >= FENCES_WITHIN) ->
       if
       :: sinceLost < 5 -> sinceLost++; grow(age, LEASE); grow(renewalAge, LEASE)
       :: sinceLost >= 5 -> grow(age, LEASE); grow(renewalAge, LEASE)
       :: sinceLost >= 5 -> sinceLost = 0 /* the guard's clock loses a tick */
       fi;
       if
       :: renewal == NONE -> renewalAge = 0
       :: else
       fi;
       if
       :: mustFence && alive -> grow(due, FENCES_WITHIN)
       :: else -> due = 0
       fi;
       if
       :: failover && !aIsFenced -> grow(silent, WAIT)
       :: else
       fi
     }
  od
}

inline renewalOver() {
  renewal = NONE;
  renewalAge = 0;
  renewalOrder = false
}

active proctype Guard() {
  if
  :: true
  :: armed = false; printf("the guard of A cannot fence, and its record says so\n")
  fi;
end:
  do
  :: atomic { /* @renew */
       alive && renewal == NONE ->
       renewal = SENT;
       renewalAge = 0;
       renewalOrder = false
     }
  :: atomic { /* @renewal-arrives, at any time, also when nobody waits for it any more */
       renewal == SENT && up ->
       renewal = COMMITTED;
       unseen = true
     }
  :: atomic { /* @read-orders */
       alive && renewal == COMMITTED && up ->
       renewal = READ;
       renewalOrder = !failover
     }
  :: atomic { /* @renewed */
       alive && renewal == READ ->
       age = (COUNTS_FROM_SENDING -> renewalAge : 0);
       orderedOpen = renewalOrder;
       renewalOver();
       if
       :: !orderedOpen -> printf("the guard of A reads that A is to be closed\n")
       :: else
       fi
     }
  :: atomic { renewal != NONE -> renewalOver() } /* lost, or not answered */
  :: atomic { /* @self-fence */
       armed && alive && mustFence ->
       aTakesWrites = false;
       due = 0;
       if
       :: age >= LEASE -> printf("the guard of A fences by itself\n")
       :: else -> printf("the guard of A fences as ordered\n")
       fi
     }
  :: atomic { /* @lift */
       alive && !aTakesWrites && age < LEASE && orderedOpen ->
       aTakesWrites = true;
       printf("the guard of A lifts its fence\n");
       checkSites()
     }
  :: atomic { /* @restart: it knows of no renewal and of no order */
       alive ->
       age = LEASE;
       orderedOpen = false;
       renewalOver()
     }
#if !GUARD_LIVES
  :: atomic { alive -> alive = false; due = 0; printf("the guard of A is dead\n") }
#endif
  od
}

active proctype Leader() {
end:
  do
  :: atomic { /* @start-failover: from here on A is ordered to be closed */
       up && !failover -> failover = true; silent = 0; printf("a failover away from A begins\n")
     }
  :: atomic { /* @observe */
       up && unseen && failover && !aIsFenced -> unseen = false; silent = 0
     }
  :: atomic { /* @waited-out: decided on what was read, */
       up && failover && !aIsFenced && !decided && !unseen && silent >= WAIT && (armed || !WANTS_ARMED) -> decided = true
     }
  :: atomic { /* @settle-fence: and committed while the guard's record is the same */
       up && decided ->
       decided = false;
       if
       :: !unseen -> aIsFenced = true; printf("A counts as fenced\n")
       :: else -> printf("A has renewed: it is waited for again\n")
       fi
     }
  :: atomic { /* @promote */
       up && aIsFenced && !promoting -> promoting = true
     }
  :: atomic {
       promoting && !bTakesWrites -> bTakesWrites = true; printf("B takes writes\n"); checkSites()
     }
  :: atomic { /* @new-leader: counts anew */
       failover && !aIsFenced -> silent = 0; decided = false
     }
  :: atomic { /* @take-back: A is ordered to be open again */
       up && failover && !promoting ->
       failover = false; aIsFenced = false; decided = false; silent = 0; unseen = false;
       printf("the failover is taken back\n")
     }
  od
}

active proctype Journal() {
end:
  do
  :: atomic { up -> up = false; printf("nobody reaches the journal\n") }
  :: atomic { !up -> up = true }
  od
}
