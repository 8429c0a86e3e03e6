/** The vocabulary of llmopt as types: what a case, a program, a stage, a scorer, a rung and a verdict are. No code. */
import type { z } from "zod";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a program may see of a case: its id and input fields, never what is expected. */
export interface Question {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** One row of data. */
export interface Case extends Question {
  /** The right answer; a list of strings means that any of them is right. */
  readonly expected?: Json | undefined;
  /** Ids of the documents that hold the answer. */
  readonly sources?: readonly string[] | undefined;
  /** The same ids where some stand in for each other: one of each group is needed. */
  readonly sourceGroups?: readonly (readonly string[])[] | undefined;
  /** Rows of one group stay in one split. */
  readonly group?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/**
 * train: demonstrations and training data · select: choosing between candidates · confirm: is the winner really better
 * than the incumbent · test: reported, never used to decide.
 */
export type SplitName = "train" | "select" | "confirm" | "test";
export type Splits = Readonly<Record<SplitName, readonly Case[]>>;

/** A worked example shown to the model before the question. */
export interface Demo {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly answer: string;
}

/** A fitted stage at work inside a program. */
export interface Step {
  readonly use: string;
  readonly with: Json;
}

/** Plain data that says how a question is answered: the artifact that the ladder optimizes. */
export interface Program {
  /** `endpoint/model-id` */
  readonly model: string;
  /** Sampling and other request parameters; only what the experiment set is ever sent. */
  readonly params: Readonly<Record<string, Json>>;
  /** Templates with `{{field}}` placeholders and `{{#field}}…{{/field}}` sections, shown only when the field is not empty. */
  readonly system: string;
  readonly user: string;
  readonly demos: readonly Demo[];
  readonly steps: readonly Step[];
}

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A document of the knowledge, as read. */
export interface Document {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Offsets in the text at which its pages begin, the first page's included; missing where the format has none. */
  readonly pages?: readonly number[] | undefined;
  /** The file that it was read from, relative to the experiment file's folder. */
  readonly file?: string | undefined;
  /** How the text lies in the bytes of that file; missing where it is not the file's own text, as that of a PDF or a row of a table. */
  readonly layout?: Layout | undefined;
}

/** Where in its file a text begins, and which of its line breaks, each one character of the text, are two there (CR LF). */
export interface Layout {
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be";
  /** Byte of the file at which the text begins. */
  readonly begin: number;
  /** All line breaks or none, or the offsets in the text of those that are. */
  readonly wide: boolean | readonly number[];
}

/** A piece of a document that retrieval found. */
export interface Passage {
  /** Chunk id: `document#n`. */
  readonly id: string;
  /** Document id. */
  readonly source: string;
  readonly title: string;
  readonly text: string;
  /** How well it fits what was searched for, higher is better; what it counts is the retriever's. */
  readonly score: number;
  /** `text` is what stands from `start` to `end`, end excluded, in the document's text. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  /** The page that it begins on, from 1, where the document has pages. */
  readonly page?: number | undefined;
  /** The bytes of `file`, end excluded, where the document's text is the file's own. */
  readonly bytes?: readonly [number, number] | undefined;
  /** The file of the document, relative to the experiment file's folder. */
  readonly file?: string | undefined;
}

/** What calls cost. `usd` is null when any price is unknown, never 0 for "unknown". */
export interface Spend {
  /** Calls that were sent to an endpoint or answered from the cache. */
  readonly calls: number;
  readonly cached_calls: number;
  readonly tokens: { readonly in: number; readonly out: number };
  /** Paid now: cached calls cost nothing. */
  readonly usd: number | null;
  /** What the calls cost without a cache. */
  readonly list_usd: number | null;
}

/** Everything known while one question is answered. */
export interface Turn {
  readonly question: Question;
  readonly program: Program;
  /** What retrieval searches for. A step may add or replace some. */
  readonly queries: readonly Query[];
  readonly passages: readonly Passage[];
  /** True where a step searched the knowledge, even if it found nothing. */
  readonly retrieved?: boolean | undefined;
  readonly messages: readonly Message[];
  readonly answer: string;
  /** How its messages show passages. */
  readonly present?: ((passages: readonly Passage[]) => string) | undefined;
  /** What is to be recorded: `cut` where the limit on tokens ended the answer, and what steps want kept. */
  readonly notes: Readonly<Record<string, Json>>;
}

/** One chat request to a model. */
export interface Ask {
  /** `endpoint/model-id`, or a role of the experiment. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly params?: Readonly<Record<string, Json>> | undefined;
  /** Separates samples of the same request in the cache; 0 by default. */
  readonly repeat?: number | undefined;
  /** Does not take the answer that the cache keeps, but keeps the new one in its place; off-line it changes nothing. */
  readonly renew?: boolean | undefined;
  /** JSON Schema of the reply that is wanted; sent where the endpoint is known to honour one, so the messages must ask for it too. */
  readonly schema?: { readonly name: string; readonly schema: Readonly<Record<string, Json>> } | undefined;
}

export interface Reply {
  readonly text: string;
  /** The limit on tokens ended the answer. */
  readonly cut: boolean;
  readonly spend: Spend;
  /** Milliseconds the endpoint took; for a cached reply the original time. */
  readonly ms: number;
  readonly cached: boolean;
}

export type Role = "task" | "writer" | "judge" | "embed";

/** How the documents of the knowledge are indexed. */
export interface Indexing {
  /** Name of a store, and its options; secrets among them are never written anywhere. */
  readonly store: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Environment variables that its options are read from and that are not set; only where it was read without them. */
  readonly unset?: readonly string[] | undefined;
  /** Tells these documents from others that are indexed beside them; it stays when documents change. */
  readonly corpus: string;
}

/** How the documents of the knowledge are cut into chunks. */
export interface Cut {
  /** Name of a chunker. */
  readonly chunker: string;
  /** Chunk size in tokens, and how many tokens neighbours share. */
  readonly size: number;
  readonly overlap: number;
}

/** How the knowledge is cut and searched. */
export interface Retriever extends Cut {
  /** By words (BM25), by vectors (cosine similarity), or by both with their lists fused. */
  readonly search: "bm25" | "dense" | "hybrid";
  readonly fusion: Fusion;
  /** Chunks of each list that take part where lists are fused, and that are ranked anew by `mmr`. */
  readonly pool: number;
  /** Chunks that score less are not found; in the retriever's own measure, so of use with "dense" or a convex fusion. */
  readonly min_score?: number | undefined;
  /**
   * Ranks the pool anew by maximal marginal relevance (Carbonell and Goldstein 1998): the weight, 0..1, of fitting the query against
   * being unlike the passages before it.
   */
  readonly mmr?: number | undefined;
}

/**
 * How ranked lists become one: by the sum of `1 / (rrf + rank)` (reciprocal rank fusion), or, of hybrid search, by a weighted mean of
 * both scores, each brought to 0..1, in which `dense` is the weight of the vectors, 0..1.
 */
export type Fusion = { readonly rrf: number } | { readonly dense: number };

/** One thing to search for. The vectors of its texts are averaged, their words are taken together. */
export interface Query {
  readonly texts: readonly string[];
}

/** What a step may use while one question is answered. Its calls are metered to that question. */
export interface StepLab {
  /** Asks a model: `endpoint/model-id`, or a role of the experiment ("task", "writer", "judge"). */
  ask(request: Ask): Promise<Reply>;
  /** Unit vectors of texts by the experiment's embedder, in the order of the texts; remembered for the run. */
  embed(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
  /** The k passages that fit best, best first; several queries are searched for apart and their lists fused. */
  search(retriever: Retriever, queries: readonly Query[], k: number): Promise<readonly Passage[]>;
  /** Scores of texts by a cross-encoder, `endpoint/model-id`, in the order of the texts; higher fits the query better. */
  rerank(model: string, query: string, texts: readonly string[]): Promise<readonly number[]>;
  /** The passages, each with as many chunks before and after it as asked for; what two would both show stands in the better one alone. */
  widen(cut: Cut, passages: readonly Passage[], neighbours: number): Promise<readonly Passage[]>;
}

/** A value 0..1, higher is better; or why there is none: an error, or nothing that applies. Never 0 by default. */
export type Score =
  | {
      readonly value: number;
      readonly why?: string | undefined;
      /** What the scorer's `pool` adds up over cases. */
      readonly counts?: Counts | undefined;
      /** Ratings 0..1 of several judges, or of one asked several times, that `value` was made of. */
      readonly votes?: readonly number[] | undefined;
    }
  | { readonly error: string }
  | { readonly skipped: string };

/** Sufficient statistics of a case by name: adding them up over cases loses nothing that the pooled value needs. */
export type Counts = Readonly<Record<string, number>>;

/** A case answered once by one program, with its scores by scorer name. */
export interface Answered {
  /** Id of the case. */
  readonly case: string;
  readonly split: SplitName;
  readonly repeat: number;
  /** Hash of the program that answered. */
  readonly program: string;
  readonly answer: string;
  readonly scores: Readonly<Record<string, Score>>;
  /** `text` is the key of the passage's text in `passages.jsonl`. */
  readonly passages: readonly { readonly id: string; readonly source: string; readonly score: number; readonly text: string }[];
  /** A step searched the knowledge; then no passages means that it found none. */
  readonly retrieved?: boolean | undefined;
  readonly notes?: Readonly<Record<string, Json>> | undefined;
  /** Tokens of all calls that the answer took, and those calls, steps included. */
  readonly usage: { readonly in: number; readonly out: number };
  readonly calls: number;
  readonly cached_calls: number;
  readonly usd: number | null;
  readonly list_usd: number | null;
  /** What grading the answer took, counted apart: judges' calls. Missing where no scorer asks a model. */
  readonly judging?: Spend | undefined;
  /** Milliseconds that chat calls took, one after the other; of a cached call what it took at first. */
  readonly ms: number;
  /** All calls were answered from the cache. */
  readonly cached: boolean;
  /** Why there is no answer; then `scores` is empty. */
  readonly error?: string | undefined;
}

/** Answers and other calls, as they happen. Answers are found again by content: program, case and repeat. */
export interface Journal {
  find(program: string, kase: string, repeat: number): Answered | undefined;
  /** `passages` are those of the row, whose texts are kept once for the run. */
  answered(rung: string, row: Answered, passages?: readonly Passage[]): void;
  /** Calls that belong to no case: embedding the documents, a writer's variants, probes. */
  spent(rung: string, what: string, spend: Spend): void;
  /** The test split is about to be looked at; `answered` are answers to it that are not there yet. */
  testRead(read: TestRead): void;
  /** All rows and spends of a rung, those of earlier processes included. */
  rows(rung: string): readonly Answered[];
  spends(rung: string): readonly Spend[];
}

/** One look at the test split: a line of `test-reads.jsonl`. */
export interface TestRead {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly by: "run" | "compare" | "report" | "rescore" | "diagnose";
  /** The rung whose answers were looked at, and the hash of its program. */
  readonly rung: string;
  readonly program: string;
  readonly cases: number;
  /** Answers that were newly asked for. */
  readonly answered: number;
  /** The other run of a comparison. */
  readonly with?: string | undefined;
}

/** A candidate in a race. */
export interface Arm {
  readonly name: string;
  readonly program: Program;
  /** Why it cannot be asked; the race then only names it, with this reason. */
  readonly refused?: string | undefined;
}

export interface RaceResult {
  readonly winner: Arm;
  /** The best arm besides the incumbent that stayed to the end: the winner, unless that is the incumbent. */
  readonly challenger: Arm | undefined;
  /** Answers that were newly asked for. */
  readonly calls: number;
  /** In the order the arms were given. */
  readonly arms: readonly RaceArm[];
}

export interface RaceArm {
  readonly name: string;
  /** Hash of the arm's program, as in answers. */
  readonly program: string;
  /** Over the `n` select cases that the arm was still in the race for. */
  readonly mean: number | null;
  readonly n: number;
  readonly dropped: boolean;
  /** After each block that it ran in: cases seen, mean difference to the incumbent with its standard error, paired by case. */
  readonly history: readonly { readonly n: number; readonly delta: number | null; readonly se: number }[];
  /** The arm that sends the same messages, which was asked in its stead. */
  readonly same_as?: string | undefined;
  /** Why it was not asked. */
  readonly refused?: string | undefined;
}

/** Rows for training, as the messages that the program really sends, with the answer that is wanted. */
export interface TrainingRow {
  readonly messages: readonly Message[];
}

/** What a stage asks for; the lab makes a job of it. */
export interface TuneRequest {
  readonly trainer: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** `endpoint/model-id` of the model to start from. */
  readonly model: string;
  readonly rows: readonly TrainingRow[];
  readonly hyperparameters: Readonly<Record<string, Json>>;
}

export interface TrainingJob {
  /** Names the job at the endpoint, so that a job whose creation was not heard of is found again, never paid twice. */
  readonly intent: string;
  /** `endpoint/model-id` of the model to start from. */
  readonly model: string;
  readonly rows: readonly TrainingRow[];
  readonly seed: number;
  readonly hyperparameters: Readonly<Record<string, Json>>;
}

export type TrainingState =
  | { readonly status: "running"; readonly progress: string }
  | { readonly status: "succeeded"; readonly model: string; readonly trainedTokens: number | null }
  | { readonly status: "failed"; readonly reason: string };

/** The files and fine-tuning part of an endpoint's wire. */
export interface TuningWire {
  upload(jsonl: string, name: string): Promise<string>;
  create(request: {
    model: string;
    trainingFile: string;
    seed: number;
    hyperparameters: Readonly<Record<string, Json>>;
    metadata: Readonly<Record<string, string>>;
  }): Promise<string>;
  /** A job that was created with this metadata, if the endpoint has one. */
  find(metadata: Readonly<Record<string, string>>): Promise<string | undefined>;
  job(id: string): Promise<{ status: string; model: string | null; error: string | null; trainedTokens: number | null }>;
  events(id: string): Promise<readonly string[]>;
  cancel(id: string): Promise<void>;
}

/** A way to train a model. Handles are data, so that a job outlives the process that started it. */
export interface Trainer<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly about: string;
  readonly options: S;
  /** Ids of models at the task model's endpoint that it takes as they are, so that they are looked for before a run. */
  models?(options: z.output<S>): readonly string[];
  /** What is wrong with the rows, a line each; empty when they can be trained on. */
  validate(job: TrainingJob, options: z.output<S>): readonly string[];
  launch(job: TrainingJob, options: z.output<S>, wire: TuningWire): Promise<Json>;
  poll(handle: Json, wire: TuningWire): Promise<TrainingState>;
  cancel(handle: Json, wire: TuningWire): Promise<void>;
}

export interface Shown {
  readonly messages: readonly Message[];
  readonly passages: readonly Passage[];
}

/** All that a stage may touch while it fits. The confirm and test splits are not in it: a stage cannot peek. (With so few cases that
 * select and confirm are merged, select is both, and every verdict is exploratory.) */
export interface Lab extends StepLab {
  readonly train: readonly Case[];
  /** In the order in which every race takes them, which is one of the seed's. */
  readonly select: readonly Case[];
  /** The user's named prompt variants. */
  readonly variants: Experiment["variants"];
  /** Seeded: the same sequence in every run of the same experiment. 0 <= x < 1. */
  random(): number;
  /** Undefined when the experiment names no knowledge. */
  readonly knowledge: { readonly hash: string; readonly documents: ReadonlyMap<string, Document> } | undefined;
  /**
   * The very messages that the program would send for the question, and the passages it would show; the task model is not
   * asked. With `passages` given, those are shown instead of what retrieval finds.
   */
  show(program: Program, question: Question, passages?: readonly Passage[]): Promise<Shown>;
  /** The passages of a document in order, as they are cut; empty for an unknown document. */
  passagesOf(document: string, cut: Cut): readonly Passage[];
  /** Answers and grades cases of train or select. */
  answer(program: Program, cases: readonly Case[]): Promise<readonly Answered[]>;
  /**
   * Races arms on shared blocks of select cases; the first arm is the incumbent and wins ties. With `calls`, the others take no more
   * new answers than that. An arm that gives held-out cases away is refused before it is asked.
   */
  race(arms: readonly Arm[], limits?: { readonly calls?: number | undefined }): Promise<RaceResult>;
  /** What of select, confirm or test a program gives away that the incumbent did not; undefined where it is nothing. Such a program is never asked. */
  refuse(program: Program): string | undefined;
  /** Answers of a program to cases of train or select that are not there yet; those of before an interruption count until they are asked for. */
  missing(program: Program, cases: readonly Case[]): number;
  /** Name of the scorer that decides, and the loss on it that is no loss for a cheaper program. */
  readonly primary: string;
  readonly margin: number;
  /** Whether the role "writer" is a model that writes, and "judge" one that judges; the embedded engine only reads. */
  readonly writes: boolean;
  readonly judges: boolean;
  /** Trains by the named trainer and waits; an unfinished job is picked up again by the next run. Returns `endpoint/model-id`. */
  tune(request: TuneRequest): Promise<string>;
  /** What is left of the run's budget; null where there is no limit. After an interruption, what would be left without one. */
  budget(): { readonly calls: number | null; readonly usd: number | null };
  /** Keeps a file of the stage's own in the rung's folder, by a plain name. */
  write(name: string, content: string): Promise<void>;
  /** A table of figures that the reports show with the rung, and that its `rung.json` keeps. */
  table(table: Table): void;
  /** A line for the person who watches. */
  note(text: string): void;
}

/** Figures of a stage's own: what it measured that is neither a score of the program nor its cost. */
export interface Table {
  /** What it shows, on which cases: "retrieval on select, 40 cases with sources". */
  readonly title: string;
  readonly columns: readonly string[];
  /** As many cells a row as there are columns; numbers are shown with up to three decimals, null as a dash. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A rung as a plugin. */
export interface Stage<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly about: string;
  readonly options: S;
  /** Complaints about options that the schema cannot see, such as names of things that are not there; before any call is made. */
  check?(
    options: z.output<S>,
    known: {
      readonly variants: Experiment["variants"];
      readonly trainers: ReadonlyMap<string, Trainer>;
      /** Names of the endpoints; undefined where they cannot be told, since something else is wrong with them. */
      readonly endpoints?: readonly string[] | undefined;
    },
  ): readonly string[];
  /** What must be there before the rung can be tried; it is skipped with a reason where something is missing. */
  readonly needs?: readonly Need[] | undefined;
  /** What of a program it changes; a probe that imitates the same change then says what this rung, of all that treat a failure, could gain. */
  readonly changes?: readonly Facet[] | undefined;
  /** Kinds of failure that this rung can mend; `walk: diagnose` skips rungs that mend none of what was found. */
  readonly treats?: readonly Bucket[] | undefined;
  /** Candidates that `fit` will race besides the incumbent, for the estimate before a run. */
  arms?(options: z.output<S>, experiment: Pick<Experiment, "variants">): number;
  /** Calls to chat models that `fit` makes at the most, without what steps ask; by default every arm answers all of select. `repeat`: answers to a case. */
  calls?(options: z.output<S>, cases: { readonly train: number; readonly select: number; readonly repeat: number }): number;
  /** What its step asks of models besides the task model while one question is answered, at the most, for the estimate; nothing by default. */
  asks?(options: z.output<S>): readonly StepCalls[];
  /** Demonstrations that a prompt of its candidates shows at the most, for the estimate before a run; none by default. */
  shows?(options: z.output<S>): number;
  /** Searches for a better program; throws a Skip where there is nothing to try. */
  fit(program: Program, options: z.output<S>, lab: Lab): Promise<Program>;
  /** Work before the model is asked. */
  before?(turn: Turn, options: z.output<S>, lab: StepLab): Promise<Turn>;
  /** How passages are shown in the messages, where a step of this stage is in the program; by default as numbered blocks, best first. */
  present?(passages: readonly Passage[], options: z.output<S>): string;
  /** Work after the model has answered. */
  after?(turn: Turn, options: z.output<S>, lab: StepLab): Promise<Turn>;
}

/** Calls that a step makes while one question is answered. */
export interface StepCalls {
  /** `endpoint/model-id`, or a role of the experiment. */
  readonly model: string;
  readonly calls: number;
  /** Tokens that each call reads, besides the question. */
  readonly tokens: number;
}

/** Something that must be there before a rung can be tried. */
export type Need = "knowledge" | "train cases";

/** Which of the two axes a scorer looks at: does the program know, or does it behave as wanted? */
export type Axis = "context" | "behaviour";

/** What a scorer sees of a turn: the question as asked, the answer as given, and what that took. */
export type Graded = Pick<Turn, "question" | "answer" | "passages" | "retrieved" | "notes"> & {
  readonly usage: { readonly in: number; readonly out: number };
  /** US dollars without a cache; null when unknown. */
  readonly list_usd: number | null;
  /** Milliseconds, as in `Answered`. */
  readonly ms: number;
};

/** What a scorer may use while it grades one answer. Its calls are metered apart from the answer's. */
export interface ScoreLab {
  /** Asks a model: `endpoint/model-id`, or a role of the experiment, such as "judge". */
  ask(request: Ask): Promise<Reply>;
  /** Unit vectors of texts by the experiment's embedder, in the order of the texts. */
  embed(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
  /** The scorer's templates by name: its own, or those that the experiment puts in their place. */
  readonly prompts: Readonly<Record<string, string>>;
  /** Texts of the files that the scorer named, by path as its options write it. */
  readonly files: ReadonlyMap<string, string>;
  /** Runs a program in the experiment's folder, without a shell, and kills it after so many seconds; throws where it cannot be started. */
  execute(argv: readonly string[], stdin: string, seconds: number): Promise<Executed>;
  /** The score of another scorer of the experiment for the same answer; an error for a name that stands later in the list. */
  score(name: string): Promise<Score>;
}

export interface Executed {
  /** Exit status; null where a signal or the time limit ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** A plugin that grades a turn against its case. */
export interface Scorer<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly about: string;
  readonly axis: Axis;
  /** Its values are labels of people: the agreement of other scorers with them is reported. */
  readonly human?: true | undefined;
  /** Raised when the same answer may get another value than before; 1 by default. Runs of different versions do not compare. */
  readonly version?: number | undefined;
  readonly options: S;
  /** Templates of what it asks a model, by name; an experiment may put others in their place under `prompts`. */
  readonly prompts?: Readonly<Record<string, { readonly text: string; readonly fields: readonly string[] }>> | undefined;
  /** Calls that it makes for an answer at the most, for the estimate before a run; 0 by default. */
  asks?(options: z.output<S>): number;
  /** Names of other scorers whose scores it reads: what decides theirs decides its own. */
  reads?(options: z.output<S>): readonly string[];
  /** The models that it asks in equal parts, as `endpoint/model-id` or a role; the role "judge" where it does not say. */
  models?(options: z.output<S>): readonly string[];
  /** Files beside the experiment that decide what it does; read once, and part of what tells experiments apart. */
  files?(options: z.output<S>): readonly string[];
  /** The program that it runs with its parameters, as `execute` takes them: looked for before any call, and its files as above. */
  runs?(options: z.output<S>): readonly string[];
  /** Complaints about options and files that the schema cannot see, before any call; `before` and `after` it stand these scorers. */
  check?(
    options: z.output<S>,
    known: { readonly files: ReadonlyMap<string, string>; readonly before: readonly string[]; readonly after: readonly string[] },
  ): readonly string[];
  score(turn: Graded, kase: Case, options: z.output<S>, lab: ScoreLab): Score | Promise<Score>;
  /**
   * The value over many cases, 0..1, from the sum of their counts, where it is not the mean of the cases' values (corpus BLEU,
   * macro F1). Races still rank by the mean.
   */
  pool?(counts: Counts, options: z.output<S>): number;
}

/** A scorer as an experiment uses it. */
export interface NamedScorer {
  /** Name in reports: `as`, else `use`. */
  readonly name: string;
  readonly scorer: Scorer;
  readonly options: Readonly<Record<string, unknown>>;
  readonly axis: Axis;
  /** A case passes at this value or above, 0..1. */
  readonly threshold: number;
  /** The value counts as 1 - value. */
  readonly not: boolean;
  /** Templates that stand in for the scorer's own. */
  readonly prompts: Readonly<Record<string, string>>;
  /** Texts by path; of a program that is run, the hash. */
  readonly files: ReadonlyMap<string, string>;
}

export interface Endpoint {
  readonly name: string;
  readonly baseUrl: string;
  /** Sent as a bearer token; never written anywhere. */
  readonly apiKey?: string | undefined;
  /** Environment variables that its key is read from and that are not set; only where it was read without them. */
  readonly unset?: readonly string[] | undefined;
  readonly compat: string;
  /** Requests in flight at the most. */
  readonly concurrency: number;
  /** Seconds that one attempt, and all attempts of one call together, may take. */
  readonly timeout: number;
  readonly deadline: number;
}

/** What must hold of the winner on test: a bound of a metric, or that named cases pass. */
export interface Gate {
  /** Name of a scorer, or for `max` of a figure, such as latency_p95; for `must_pass` the scorer that decides, the primary one by default. */
  readonly metric?: string | undefined;
  /** The least mean that passes. */
  readonly min?: number | undefined;
  /** The largest figure that passes: milliseconds, US dollars, tokens or a share. */
  readonly max?: number | undefined;
  /** The most that the mean may be below the baseline's; a fall that is significant fails however small. */
  readonly max_drop?: number | undefined;
  /** The most cases whose value may be below the baseline's by more than `break`, 0.5 by default. */
  readonly max_breaks?: number | undefined;
  readonly break?: number | undefined;
  /** Ids of test cases, or the tag of those that must reach the scorer's threshold. */
  readonly must_pass?: readonly string[] | { readonly tag: string } | undefined;
  /** Share of the answers to such a case that must pass, where cases are answered several times; 1 by default. */
  readonly at_least?: number | undefined;
}

export interface Budget {
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
  readonly calls?: number | undefined;
  readonly minutes?: number | undefined;
}

export interface PlannedRung {
  /** Unique in the experiment: the stage's name, or `as`. */
  readonly name: string;
  readonly stage: Stage;
  readonly options: Readonly<Record<string, unknown>>;
  /** Name of the rung whose program it is for: it is climbed after that one, and only where that one was kept. */
  readonly after?: string | undefined;
}

export type Walk = "all" | "diagnose" | "until-target";

/** An experiment, read and checked whole. */
export interface Experiment {
  /** Absolute path of the file, and its text as written. */
  readonly file: string;
  readonly text: string;
  readonly name: string;
  readonly models: Readonly<Record<Role, string>>;
  /** Where it names its models, `experiment.yaml:3:8`: by role, and by `endpoint/model-id` where a scorer or a rung names one itself. */
  readonly places?: Readonly<Record<string, string>> | undefined;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  readonly splits: Splits;
  /** Few cases: select and confirm are the same cases, and every verdict is exploratory. */
  readonly exploratory: boolean;
  readonly documents: readonly Document[];
  /** Documents that are broken and were left out, each as `where: what; what would be right`. */
  readonly skipped?: readonly string[] | undefined;
  readonly knowledge?: Indexing | undefined;
  readonly program: Program;
  /** Named alternatives to the program's templates. */
  readonly variants: Readonly<Record<string, Partial<Pick<Program, "system" | "user">>>>;
  readonly scorers: readonly NamedScorer[];
  /** Name of the scorer that decides. */
  readonly primary: string;
  readonly ladder: readonly PlannedRung[];
  readonly walk: Walk;
  readonly target: number | undefined;
  readonly budget: Budget;
  readonly gates: readonly Gate[];
  /** How often each case is answered. */
  readonly repeat: number;
  readonly seed: number;
  /** A rung that is cheaper is kept when its loss is surely below this. */
  readonly margin: number;
  /** Cases of a split that may have no value of the primary scorer: a share, 0..1, or a count, 2 or more. */
  readonly maxErrors: number;
  /** USD per million tokens by `endpoint/model-id`, from the experiment. */
  readonly prices: Readonly<Record<string, { readonly in: number; readonly out: number }>>;
  /** Things to tell the user that are not errors: near-duplicates between splits, … */
  readonly warnings: readonly string[];
  /** What of one split was found in another, or in the documents and prompts: `leaks.json`. */
  readonly leaks: Leaks;
}

export interface Leaks {
  readonly cases: readonly Leak[];
  readonly quotes: readonly Quote[];
}

/** Two cases of different splits that are so alike that one gives the other away. */
export interface Leak {
  /** exact: the same input but for case, punctuation and spacing · near: nearly the same, in every field · overlap: a run of words. */
  readonly kind: "exact" | "near" | "overlap";
  /** Id of a case, and where it stands. */
  readonly case: string;
  readonly split: SplitName;
  readonly other: string;
  readonly other_split: SplitName;
  /** An answer is accepted for both; copies of which none is are one question with two labels. */
  readonly same_answer: boolean;
  /** `case` was taken out of train. */
  readonly removed: boolean;
}

/** A held-out question that stands word for word in a text that programs may be shown. */
export interface Quote {
  readonly case: string;
  readonly split: SplitName;
  /** Id of a document, or which prompt. */
  readonly in: string;
}

export type VerdictWord = "better" | "worse" | "no evidence" | "too few cases";

/** A paired comparison of two programs on the same cases. */
export interface Comparison {
  /** Mean of the second minus mean of the first over the cases that both have a value for. */
  readonly delta: number;
  /** 95 % interval of delta, paired; see comparePaired for the method. */
  readonly low: number;
  readonly high: number;
  readonly p: number;
  readonly n: number;
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
  readonly verdict: VerdictWord;
  /** Smallest true difference that this many cases would show with 80 % power. */
  readonly mde: number;
  /** About how many more cases would show a difference of this size; null where it is shown already, or is 0. */
  readonly more_cases: number | null;
  /** p after Holm's correction over the rungs that were tested; the verdict goes by it where it is there. */
  readonly p_holm?: number | undefined;
}

/** A mean with its 95 % interval; null where no case has a value. */
export interface Mean {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly errors: number;
  readonly skipped: number;
  /** Where cases were answered several times: answers in all, and those without a value because they or their scores failed. */
  readonly answers?: number | undefined;
  readonly failed_answers?: number | undefined;
  /** Why the first of those that have no value has none; missing where none failed. */
  readonly error?: string | undefined;
  /** Where cases were answered several times. */
  readonly repeats?: Repeats | undefined;
  /** How far judges, or one judge's repeated ratings, agree: Krippendorff's alpha, at most 1; null where it is not defined. */
  readonly agreement?: number | null | undefined;
}

/** What repeated answers to the same cases show. */
export interface Repeats {
  /** Answers to a case. */
  readonly k: number;
  /** Share of cases of which at least one of k answers passes, and of which all do, 0..1 (unbiased, Chen et al. 2021); an answer that failed does not pass. */
  readonly pass_at_k: number;
  readonly pass_hat_k: number;
  /** Variance of the values between cases and within a case. */
  readonly between: number;
  readonly within: number;
}

/** A comparison for each scorer by its name, beside the split that it was made on. */
export type Versus = { readonly split: SplitName } & { readonly [scorer: string]: Comparison | SplitName };

export type RungStatus = "kept" | "rejected" | "skipped" | "failed";

/** The result of one stage, as it stands in `rung.json` and `summary.json`. */
export interface Rung {
  readonly name: string;
  readonly use: string;
  readonly status: RungStatus;
  readonly reason: string;
  readonly scores: Readonly<Partial<Record<SplitName, Readonly<Record<string, Mean>>>>>;
  readonly versus: { readonly baseline?: Versus | undefined; readonly incumbent?: Versus | undefined };
  /** The test that decided between this rung and the incumbent, on confirm. */
  readonly decision?: Comparison | undefined;
  /** Tokens, in and out, that an answer takes less than one of the incumbent: the mean on confirm; missing where it takes no fewer. */
  readonly tokens_saved?: { readonly per_answer: number; readonly per_1000_answers: number } | undefined;
  readonly calls: number;
  readonly cached_calls: number;
  readonly tokens: { readonly in: number; readonly out: number };
  readonly usd: number | null;
  readonly list_usd: number | null;
  /** What judges took, not counted above. */
  readonly judging: Spend;
  readonly seconds: number;
  readonly latency_ms: { readonly p50: number | null; readonly p95: number | null };
  /** What its stage measured besides, as it told the lab. */
  readonly tables?: readonly Table[] | undefined;
  /** More of its cases have no value than `max_errors` allows, or all have none, so nothing can be said of it; the run then ends with code 4. */
  readonly unjudged?: true | undefined;
}

/** Why a case fails, as probes found it; `no headroom` is a case whose own expected answer the scorer does not pass. */
export type Bucket =
  | "missing knowledge"
  | "wrong retrieval"
  | "ignored context"
  | "format"
  | "behaviour"
  | "unstable"
  | "suspect label"
  | "no headroom"
  | "unexplained";

/** What of a program a rung can change: its wording, the demonstrations of the task that it has seen, what it knows, its model. */
export type Facet = "prompt" | "demonstrations" | "knowledge" | "model";

/**
 * What could be gained on all of select, by the primary scorer: what a probe added to the probed failing cases beyond what answering
 * once more adds, as a share of all cases. Upper in kind: a rung may also break what passes now.
 */
export interface Gain {
  readonly delta: number;
  /** 95 % interval of delta, paired by case. */
  readonly low: number;
  readonly high: number;
  /** Probed cases that it rests on. */
  readonly n: number;
}

/** A failing case of a bucket as a person wants to see it. */
export interface DiagnosedCase {
  readonly case: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly expected: Json;
  readonly answer: string;
  /** The probe that named the bucket, and what was answered under it. */
  readonly probe?: { readonly name: string; readonly answer: string } | undefined;
  readonly evidence: string;
}

export interface Diagnosis {
  /** Failing select cases that were probed, of how many failing, of how many in all. */
  readonly probed: number;
  readonly failing: number;
  readonly total: number;
  /** Most cases first; every probed case is in one. */
  readonly buckets: readonly {
    readonly bucket: Bucket;
    readonly axis: Axis | null;
    readonly cases: readonly string[];
    /** Names of the rungs that treat it. */
    readonly asks_for: readonly string[];
    /** What mending it could gain; null where no probe can tell. */
    readonly gain: Gain | null;
    readonly examples: readonly DiagnosedCase[];
  }[];
  /** What each probe showed over all probed cases, of which it could be tried on `n`; `passed` counts first tries. */
  readonly probes: readonly {
    readonly probe: string;
    readonly about: string;
    /** What a rung would change to the same effect; undefined where none does. */
    readonly imitates?: Facet | undefined;
    readonly n: number;
    readonly passed: number;
    readonly gain: Gain | null;
  }[];
  /** Causes in the context that no probe could tell in so many probed cases: not found is not the same as none. */
  readonly untold?: { readonly cases: number; readonly buckets: readonly Bucket[] } | undefined;
  /** Rungs that made this program, and those that were tried on it and rejected, with what fails in theirs where that was probed. */
  readonly tried?: readonly TriedRung[] | undefined;
  /** Calls to chat models that the probes made, those answered from the cache included. */
  readonly calls: number;
  /** What to try next, in a sentence. */
  readonly next: string;
}

export interface TriedRung {
  readonly rung: string;
  readonly status: "kept" | "rejected";
  /** With its own numbers. */
  readonly reason: string;
  /** The diagnosis of its program, in short: `wrong retrieval (24 of 30 probed failures)`. */
  readonly fails?: string | undefined;
}

/** What a gate of the experiment, or of `--gate`, found. */
export interface GateResult {
  /** What was demanded: `f1 min 0.7`. */
  readonly gate: string;
  readonly metric: string;
  readonly passed: boolean;
  /** Without a number there is nothing to judge, and a gate that is not judged has not passed. */
  readonly outcome: GateOutcome;
  readonly reason: string;
}

export type GateOutcome = "passed" | "failed" | "not judged";

export interface Totals {
  readonly calls: number;
  readonly cached_calls: number;
  readonly tokens: { readonly in: number; readonly out: number };
  readonly usd: number | null;
  readonly list_usd: number | null;
  /** What judges took, not counted above. */
  readonly judging: Spend;
  readonly seconds: number;
}

/** `summary.json`, and what `run --json` prints. */
export interface Summary {
  /** Path of the run folder. */
  readonly run: string;
  readonly name: string;
  readonly status: "complete" | "stopped" | "failed";
  /** Name of the first rung, `baseline`. */
  readonly baseline: string;
  /** Name of the rung whose program is the best so far; `baseline` where none was kept. */
  readonly winner: string;
  readonly primary: string;
  /** True where select and confirm are the same few cases. */
  readonly exploratory: boolean;
  /** The first is the baseline. */
  readonly rungs: readonly Rung[];
  readonly diagnosis: Diagnosis | null;
  readonly gates: readonly GateResult[];
  /** Of all gates: failed where one failed, else not judged where one was not. Missing where there is no gate. */
  readonly gate?: GateOutcome | undefined;
  /** With the run of `--against`, whose winner the gates compare with. */
  readonly comparison?: CompareResult | undefined;
  /** Where a scorer reads labels of people. */
  readonly agreement?: readonly Agreement[] | undefined;
  /** Of the winner on test, by the name of each scorer that counts which label is taken for which. */
  readonly confusion?: Readonly<Record<string, LabelReport>> | undefined;
  readonly totals: Totals;
  readonly warnings: readonly string[];
}

/** Precision, recall and F1, 0..1. */
export interface LabelRates {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Classification over all cases; the means are over labels, over labels by their support, and over all decisions. */
export interface LabelReport {
  readonly accuracy: number;
  readonly balanced_accuracy: number;
  readonly macro: LabelRates;
  readonly weighted: LabelRates;
  readonly micro: LabelRates;
  /** Cohen's kappa, null where it is not defined, and Matthews' correlation, -1..1. */
  readonly kappa: number | null;
  readonly mcc: number;
  readonly labels: readonly (LabelRates & { readonly label: string; readonly support: number })[];
  /** The confusion matrix without its empty cells; `given` is null where the answer was none of the known labels. */
  readonly cells: readonly { readonly expected: string; readonly given: string | null; readonly count: number }[];
}

/** How a scorer agrees with the labels of people, over the winner's test cases that have both. */
export interface Agreement {
  /** Names of the scorer of labels and of the other. */
  readonly human: string;
  readonly scorer: string;
  readonly n: number;
  /** Cohen's kappa of passing or not, and Krippendorff's alpha of the values; null where it is not defined. */
  readonly kappa: number | null;
  readonly alpha: number | null;
}

/** `compare --json`. */
export interface CompareResult {
  readonly a: string;
  readonly b: string;
  readonly comparable: boolean;
  /** Why the runs do not compare, or what makes the comparison weaker. */
  readonly reasons: readonly string[];
  /** Name of the metric that decides. */
  readonly primary: string;
  readonly metrics: Readonly<Record<string, MetricComparison>>;
  /** Exploratory: the metrics over the cases of each tag, corrected by Holm over the tags. */
  readonly slices: Readonly<Record<string, Slice>>;
  readonly flips: readonly {
    readonly case: string;
    /** The value fell by more than half of its range. */
    readonly broken: boolean;
    readonly fields: Readonly<Record<string, string>>;
    readonly a: { readonly answer: string; readonly value: number };
    readonly b: { readonly answer: string; readonly value: number };
  }[];
  /** US dollars for an answer without a cache; null where a price is unknown. */
  readonly cost: Change;
  /** Milliseconds that an answer took: the median, and the 95th percentile. */
  readonly latency: Change & { readonly p95: Change };
  readonly prompt_diff: string;
  /** Of run a: ISO 8601, and how many days ago that was. */
  readonly baseline: { readonly created: string; readonly days: number };
  /** What the numbers were made with, to be quoted beside them. */
  readonly signature: string;
  /** The primary metric's. */
  readonly verdict: VerdictWord;
  /** With `--gate`: the gates of run b's experiment. */
  readonly gates?: readonly GateResult[] | undefined;
  readonly gate?: GateOutcome | undefined;
}

/** A comparison beside what it compares: the means, or pooled values, over the cases that both sides have a value for. */
export interface Contrast extends Comparison {
  readonly a: number;
  readonly b: number;
}

/** A metric of two runs; `coverage` is of all cases that both were tested on. */
export interface MetricComparison extends Contrast {
  readonly coverage: { readonly a: Coverage; readonly b: Coverage };
}

/** Cases with a value, without one for an error, and where nothing applied. */
export type Coverage = Pick<Mean, "n" | "errors" | "skipped" | "answers" | "failed_answers">;

/** A comparison on the cases of one tag. */
export interface Slice {
  readonly n: number;
  readonly metrics: Readonly<Record<string, Contrast>>;
  /** The primary metric's; null where it has too few cases. */
  readonly p_holm: number | null;
}

/** A figure of two runs; null where unknown. */
export interface Change {
  readonly a: number | null;
  readonly b: number | null;
  readonly delta: number | null;
}
