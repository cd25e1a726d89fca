/** A length of time in milliseconds. */
export type Milliseconds = number;

/**
 * Every time bound of netproof, by name. None is a sleep: each ends a wait that something else ends sooner.
 * A value says after which time the thing waited for counts as not coming.
 */
export const bounds = {
  /**
   * Silence after which a probe's attempt is unanswered. Linux repeats a SYN after 1 s (RFC 6298, 2.1),
   * so a window below that sees one SYN per socket and a repeat cannot hide a loss.
   */
  silence: 900,
  /** Silence after which another attempt from a fresh source port joins the first, inside the same window. */
  nextAttempt: 200,
  /**
   * The same for samples that only look whether policies are enforced by now, with one attempt each: an allowed pair
   * answers in milliseconds, and one that is taken for denied too soon costs another sample. What is judged has the
   * whole window.
   */
  lookSilence: 220,
  /** A policy that is not enforced by then is not enforced: engines take tenths of a second. */
  policyIgnored: 1_000,
  /** A policy is enforced within it. Kubernetes names no bound; engines take tenths of a second. */
  policyEnforced: 10_000,
  /** The same for new labels: an engine that gives each set of labels an identity was seen to take 35 s. */
  labelsEnforced: 80_000,
  /** What no change has touched is as it was, though a fault that had disturbed it was taken out a moment ago. */
  undisturbed: 10_000,
  /**
   * Silence after which a try of a watch is denied. Below the repeat of a SYN, so that none reaches into a later
   * state; long enough that a server which stood still for as long as `starvation` allows has answered.
   */
  trySilence: 500,
  /** A watch begins its next try then: 250 a second, so that a change is seen to some milliseconds. */
  tryPace: 4,
  /** What is said on a connection that is kept: ten times a second, so that a loss is known to a tenth. */
  keptPace: 100,
  /** Silence after which such a connection is lost. TCP has repeated what was said four times by then (RFC 6298, 5.5). */
  keptSilence: 5_000,
  /** An agent whose event loop stood still for longer than this cannot tell silence from its own sleep. */
  starvation: 300,
  /** Two heartbeats go unanswered within it: the control stream is lost (noticed within 5 s). */
  streamSilence: 4_000,
  heartbeat: 1_000,
  /** A stream comes back within it or its pod's probes are errors: an API server may restart in 20 s. */
  streamReturn: 30_000,
  /** Nothing that an agent was asked takes longer than this plus the windows of what it was asked. */
  agentAnswer: 10_000,
  /** A lost stream is opened again no sooner than this after the last try, so that a node that is gone costs little. */
  streamPace: 500,
  /** An API server that lives answers a plain request well within it. */
  apiAnswer: 10_000,
  /**
   * Watches end by themselves, in silence or by the server, and are begun again. An API server that cannot
   * keep one is asked for another no sooner than this after the last, so that it is not flooded.
   */
  watchPace: 250,
  /** A Service's rules are on every node: the network programming threshold of Kubernetes' scalability tests. */
  serviceProgramming: 30_000,
  /** A DNS server that has not answered by then has failed its client: resolv.conf(5) gives it 5 s as well. */
  dnsAnswer: 5_000,
  /**
   * DNS knows of a Service: its servers watch the API as proxies do, and one that was asked too early may
   * remember for 30 s that there was none (CoreDNS' own bound for denials).
   */
  dnsProgramming: 60_000,
  /** Nodes Ready, CNI running, CoreDNS answering, on two slow cores. */
  clusterReady: 180_000,
  /** Probe pods running with the image already on the node. */
  probesReady: 60_000,
  /** The same where each node has to pull the image first: a hundred megabytes, from wherever it is. */
  probesPulled: 300_000,
  /** One more of them, or another container of one; they take two seconds on a machine that is at rest. */
  podReady: 30_000,
  /** Agents have CPU again after the CNI's own were started anew: on two cores Cilium's take half of it. */
  cpuAgain: 60_000,
  /**
   * One turn of an arm of a latency comparison. Long enough for dozens of requests, short enough that what else
   * the machine does changes little within a pair of turns.
   */
  latencyTurn: 50,
  /** All turns of a comparison, k6's start included; they take a tenth of it on a machine that is at rest. */
  latency: 30_000,
  /** The first turn of each arm: k6 starts in well under a second, and one that has no CPU for that measures nothing. */
  latencyStart: 10_000,
  /** One check, all its probing included; in one of isolation each of several steps may take `labelsEnforced`. */
  check: 480_000,
  /** What the nodes know of a failed check: a dozen commands on each of three nodes, and one probe made again. */
  evidence: 10_000,
  /**
   * A cell that was asked to stop ends its check, takes its fault out and closes its streams; after that it is
   * ended. The longest that it does then is a comparison of latencies with its evidence, and DNS mended.
   */
  cellEnd: 120_000,
  /** A question to this machine, such as a docker command; two in a row stay below the five seconds of `doctor`. */
  machineAnswer: 2_000,
  /** An object is gone after its deletion, its pods' grace period included. */
  deletion: 60_000,
  /** A namespace is gone with all that is in it: each kind of object is looked for, also those of add-ons. */
  spaceGone: 120_000,
  /**
   * Who uses a cluster that others may use says so anew, no sooner than this after the last time. As often as kubelets
   * renew theirs.
   */
  leaseRenewal: 10_000,
  /** Who has not said so for that long is dead, and the cluster is free: as long as the API waits for a node's lease. */
  leaseSilence: 40_000,
  /**
   * A cell that was not told for that long that its run has renewed the lease ends: its parent stands still, and at
   * `leaseSilence` others take the cluster over. The rest is for what the cell has sent by then.
   */
  leaseUnknown: 30_000,
} as const satisfies Record<string, Milliseconds>;

/** Lengths of time that are what a check or a fault does to the network, not waits for something. */
export const stimuli = {
  /**
   * A client's silence that affinity must outlast. Longer than the shortest timeout that the API takes, 1 s, so
   * that a proxy which forgets that soon has forgotten; a ten-thousandth of the default, 3 h.
   */
  affinityPause: 1_200,
  /** So much later than it is told a policy comes to the cluster: far more than an engine takes, and soon enough. */
  policyLate: 2_000,
  /** For so long all policies are away: more than an engine takes to hear of it, and two looks at all pairs after that. */
  policyFlushed: 3_000,
  /** For so long a policy must stay in force while nothing changes. */
  policyHeld: 4_000,
  /** So long after it was made a policy is taken away: well after a watch has seen it in force, which takes a second. */
  policyLapses: 2_000,
  /** For so long a pod that terminates is asked: far more than whoever watches the API takes to hear of a deletion. */
  terminating: 2_500,
  /** So much later than it is told to end a pod is cut off: after a check's first look, which takes a tenth of it. */
  cutOffLater: 500,
  /** Pods come and go for no longer: two hundred take half of it on two cores. What follows stays within `bounds.check`. */
  churn: 300_000,
} as const satisfies Record<string, Milliseconds>;
