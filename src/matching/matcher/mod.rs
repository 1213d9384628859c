//! All watches, compiled, and the articles they are held against.

use std::sync::{Mutex, PoisonError};

use super::article::Article;
use super::compile::{Compiler, Context, Source};
use super::evaluate::{Evaluation, Memo};
use super::explain::Explanation;
use super::expressions::Expressions;
use super::field_set::Fields;
use super::hits::Writer;
use super::index::{Index, Stamps};
use super::program::Clause;
use super::query::{self, Aliases, Expr, Kind, Mistake};
use super::report::{Reporter, Texts};
use super::stem;
use super::vocabulary::Vocabulary;
use super::written::WrittenTexts;
use super::{Asks, Place, QueryProblem, WatchSource};
use crate::domain::{ArticleText, Hit};

/// Words up to which the memory for an article is kept for the next one: some 20 MB.
///
/// No real article has as many; one made to be large is not to cost memory for ever.
const MAX_KEPT_WORDS: usize = 200_000;

/// All watches, compiled; shared by all threads and never changed.
#[derive(Debug)]
pub struct Matcher {
    watches: Vec<CompiledWatch>,
    /// The query of each watch as written; of a list, its terms with OR between.
    texts: WrittenTexts,
    index: Index,
    /// The clauses of aliases, and for each the alias it is of.
    shared: Vec<Clause>,
    shared_aliases: Vec<usize>,
    /// The text of each alias.
    aliases: Vec<Box<str>>,
    vocabulary: Vocabulary,
    expressions: Expressions,
    /// The fields in which some query looks.
    fields: Fields,
    /// What articles are read into; as many as threads have ever matched at once.
    idle: Mutex<Vec<Scratch>>,
    /// Watches that never fire, by their places; those beyond its end do.
    paused: Vec<bool>,
}

/// A watch that can be evaluated.
#[derive(Debug)]
struct CompiledWatch {
    clause: Clause,
    min_score: Option<f64>,
    /// The terms of a list.
    terms: Option<Box<[String]>>,
}

/// What matching one article needs.
#[derive(Debug, Default)]
struct Scratch {
    article: Article,
    memo: Memo,
    stamps: Stamps,
    candidates: Vec<u32>,
}

impl Matcher {
    /// Compiles the watches; `aliases` are name and query.
    ///
    /// # Errors
    /// Every mistake in every query and alias.
    pub fn compile(
        aliases: &[(String, String)],
        watches: &[WatchSource],
    ) -> Result<Self, Vec<QueryProblem>> {
        Self::read_queries(aliases, watches, &mut Told::default())
    }

    /// Compiles the watches, and finds what can be read and most likely does not mean what its author had in mind: `PA` that
    /// is also "pa", `C++` of which only "C" is looked for, a regular expression that is tried on every article.
    ///
    /// The second list is for warnings; a query that cannot be read at all has its mistakes in the first and none there.
    pub fn compile_with_traps(
        aliases: &[(String, String)],
        watches: &[WatchSource],
    ) -> (Result<Self, Vec<QueryProblem>>, Vec<QueryProblem>) {
        let mut told = Told {
            traps: Some(Vec::new()),
            ..Told::default()
        };
        let compiled = Self::read_queries(aliases, watches, &mut told);
        (compiled, told.traps.unwrap_or_default())
    }

    fn read_queries(
        aliases: &[(String, String)],
        watches: &[WatchSource],
        told: &mut Told,
    ) -> Result<Self, Vec<QueryProblem>> {
        let (aliases, alias_sources) = read_aliases(aliases, told);
        let mut compiler = Compiler::default();
        let mut list = Vec::with_capacity(watches.len());
        let mut texts = WrittenTexts::with_room_for(watches.len());
        let mut reading = query::Scratch::default();
        // One after the other: the tree of a query is ten times as large as what is made of it.
        for (place, watch) in watches.iter().enumerate() {
            let Some(query) = read_watch(place, watch, &aliases, &mut reading, told) else {
                continue;
            };
            if !told.problems.is_empty() {
                continue;
            }
            let context = Context {
                source: &query.source,
                aliases: &aliases,
                alias_sources: &alias_sources,
                stem: watch.stem.as_deref(),
                fold: watch.fold,
                field: None,
                is_negated: false,
            };
            texts.push(&query.source.text);
            list.push(CompiledWatch {
                clause: compiler.clause(&query.expr, context),
                min_score: watch.min_score,
                terms: match &watch.asks {
                    Asks::Query(_) => None,
                    Asks::Terms(terms) => Some(terms.as_slice().into()),
                },
            });
        }
        report_unused_cycles(&aliases, alias_sources.len(), &mut told.problems);
        if !told.problems.is_empty() {
            return Err(std::mem::take(&mut told.problems));
        }
        compiler.vocabulary.shrink_to_fit();
        let clauses = list.iter().map(|watch| &watch.clause);
        Ok(Self {
            index: Index::new(clauses, &compiler.shared, &compiler.vocabulary),
            watches: list,
            texts,
            shared: compiler.shared,
            shared_aliases: compiler.shared_aliases,
            aliases: alias_sources
                .into_iter()
                .map(|source| source.text.into())
                .collect(),
            vocabulary: compiler.vocabulary,
            expressions: Expressions::new(compiler.expressions),
            fields: compiler.fields,
            idle: Mutex::default(),
            paused: Vec::new(),
        })
    }

    /// The same watches, of which those that are paused never fire; what they would find is still explained.
    #[must_use]
    pub fn without(self, paused: Vec<bool>) -> Self {
        Self { paused, ..self }
    }

    /// The watches that fire, in their order.
    #[must_use]
    pub fn hits(&self, article: &ArticleText<'_>) -> Vec<Hit> {
        self.with_scratch(|scratch| {
            let mut candidates = std::mem::take(&mut scratch.candidates);
            let mut stamps = std::mem::take(&mut scratch.stamps);
            let evaluation = &mut self.read(article, scratch);
            let watches = self.watches.len();
            self.index
                .candidates(evaluation.article, watches, &mut stamps, &mut candidates);
            // One watch after the other, as they lie in memory.
            candidates.sort_unstable();
            let mut writer = Writer::new(evaluation, self.alias_texts(), &self.texts);
            let hits = candidates
                .iter()
                .filter_map(|watch| usize::try_from(*watch).ok())
                .filter(|watch| self.paused.get(*watch) != Some(&true))
                .filter_map(|place| {
                    let watch = self.watches.get(place)?;
                    writer.hit(place, &watch.clause, watch.min_score)
                })
                .collect();
            scratch.candidates = candidates;
            scratch.stamps = stamps;
            hits
        })
    }

    /// Tells of every clause of the watch at `watch` in the list what it found in the article.
    ///
    /// `None` if there is no such watch.
    #[must_use]
    pub fn explain(&self, watch: usize, article: &ArticleText<'_>) -> Option<Explanation> {
        let text = self.texts.of(watch);
        let watch = self.watches.get(watch)?;
        Some(self.with_scratch(|scratch| {
            let evaluation = &mut self.read(article, scratch);
            Reporter::new(evaluation, self.alias_texts(), text)
                .explanation(&watch.clause, watch.min_score)
        }))
    }

    /// Prints the query of the watch at `watch` in the list with every operator and parenthesis.
    ///
    /// Read again, it is the same query. A list of terms is printed as the query that it stands for.
    #[must_use]
    pub fn printed(&self, watch: usize) -> Option<String> {
        Some(query::print(&self.expr(watch)?))
    }

    /// Says what the watch at `watch` in the list looks for: the query with every operator and parenthesis, and
    /// on a second line in plain words.
    #[must_use]
    pub fn describe(&self, watch: usize) -> Option<String> {
        let expr = self.expr(watch)?;
        let mut words = query::in_words(&expr);
        if let Some(min_score) = self.watches.get(watch)?.min_score {
            words = format!("{words}; at least {min_score} points in all");
        }
        Some(format!("{}\n{words}", query::print(&expr)))
    }

    /// The query of a watch, read again: printing is rare, and a tree for each of many watches is large.
    fn expr(&self, watch: usize) -> Option<Expr> {
        match &self.watches.get(watch)?.terms {
            None => query::query(self.texts.of(watch)).ok(),
            Some(terms) => {
                let read = read_terms(0, terms, &mut Told::default());
                read.map(|read| read.expr)
            }
        }
    }

    fn alias_texts(&self) -> Texts<'_> {
        Texts {
            aliases: &self.aliases,
            owners: &self.shared_aliases,
        }
    }

    /// Reads an article.
    fn read<'s>(&'s self, text: &ArticleText<'_>, scratch: &'s mut Scratch) -> Evaluation<'s> {
        let Scratch { article, memo, .. } = scratch;
        memo.clear();
        article.read(text, &self.vocabulary, self.fields, &self.expressions);
        Evaluation {
            article,
            shared: &self.shared,
            memo,
        }
    }

    /// Lends a scratch to `job`.
    fn with_scratch<T>(&self, job: impl FnOnce(&mut Scratch) -> T) -> T {
        // A thread that panicked has taken its scratch with it; the list itself is whole.
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = idle().pop().unwrap_or_default();
        let result = job(&mut scratch);
        if scratch.article.len() <= MAX_KEPT_WORDS {
            idle().push(scratch);
        }
        result
    }
}

/// What is told of queries while they are read.
#[derive(Default)]
struct Told {
    problems: Vec<QueryProblem>,
    /// Traps; `None` where nobody asks for them.
    traps: Option<Vec<QueryProblem>>,
}

impl Told {
    fn mistakes(&mut self, mistakes: impl IntoIterator<Item = Mistake>, place: Place) {
        let mistakes = mistakes.into_iter();
        self.problems
            .extend(mistakes.map(|one| one.into_problem(place)));
    }

    fn traps(&mut self, find: impl FnOnce() -> Vec<Mistake>, place: Place) {
        if let Some(traps) = &mut self.traps {
            traps.extend(find().into_iter().map(|one| one.into_problem(place)));
        }
    }
}

/// A query that was read, and its text.
struct ReadQuery<'t> {
    expr: Expr,
    source: Source<'t>,
}

fn read_aliases<'t>(
    entries: &'t [(String, String)],
    told: &mut Told,
) -> (Aliases, Vec<Source<'t>>) {
    let mut read = Vec::new();
    for (place, (name, text)) in entries.iter().enumerate() {
        let expr = match query::query(text) {
            Ok(expr) => {
                told.traps(|| query::lint(&expr, text), Place::Alias(place));
                Some(expr)
            }
            Err(mistakes) => {
                told.mistakes(mistakes, Place::Alias(place));
                None
            }
        };
        read.push((name.clone(), expr));
    }
    let aliases = Aliases::new(read);
    for place in 0..entries.len() {
        let mistakes = aliases
            .expr(place)
            .map(|expr| query::check(expr, &aliases))
            .unwrap_or_default();
        // A cycle is reported where it is used; see `report_unused_cycles`.
        let own = mistakes.into_iter().filter(|one| one.kind != CYCLE);
        told.mistakes(own, Place::Alias(place));
    }
    let texts = entries.iter().map(|(_, text)| text.as_str());
    let sources = texts.map(|text| Source::new(text.into())).collect();
    (aliases, sources)
}

const CYCLE: &str = "alias-cycle";

/// Reports cycles among aliases that no query has run into.
fn report_unused_cycles(aliases: &Aliases, count: usize, problems: &mut Vec<QueryProblem>) {
    if problems.iter().any(|problem| problem.kind == CYCLE) {
        return;
    }
    for place in 0..count {
        let mistakes = aliases
            .expr(place)
            .map(|expr| query::check(expr, aliases))
            .unwrap_or_default();
        let cycles = mistakes.into_iter().filter(|one| one.kind == CYCLE);
        problems.extend(cycles.map(|one| one.into_problem(Place::Alias(place))));
    }
}

/// Reads the query of a watch; nothing where it has a mistake.
fn read_watch<'t>(
    place: usize,
    watch: &'t WatchSource,
    aliases: &Aliases,
    reading: &mut query::Scratch,
    told: &mut Told,
) -> Option<ReadQuery<'t>> {
    if let Some(language) = &watch.stem
        && stem::stemmer(language).is_none()
    {
        told.mistakes([no_stems(language)], Place::Query(place));
    }
    let text = match &watch.asks {
        Asks::Query(text) => text,
        Asks::Terms(terms) => return read_terms(place, terms, told),
    };
    let read = query::query_with(text, reading).and_then(|expr| {
        told.traps(|| query::lint(&expr, text), Place::Query(place));
        let mistakes = query::check(&expr, aliases);
        if mistakes.is_empty() {
            Ok(expr)
        } else {
            Err(mistakes)
        }
    });
    match read {
        Ok(expr) => Some(ReadQuery {
            expr,
            source: Source::new(text.into()),
        }),
        Err(mistakes) => {
            told.mistakes(mistakes, Place::Query(place));
            None
        }
    }
}

/// What stands between the terms of a list, which is read as a query.
const BETWEEN_TERMS: &str = " OR ";

/// A list of terms is a query: any of them, and its text is the terms with OR between.
fn read_terms(watch: usize, terms: &[String], told: &mut Told) -> Option<ReadQuery<'static>> {
    if terms.is_empty() {
        let empty = Mistake::new(
            "empty-query",
            0,
            "the list of terms is empty",
            "write at least one term",
        );
        told.mistakes([empty], Place::Query(watch));
    }
    let mut source = String::new();
    let mut length = 0;
    let mut sides = Vec::new();
    for (place, text) in terms.iter().enumerate() {
        match query::term(text) {
            Ok(mut expr) => {
                let traps = || query::lint_term(&expr, text);
                told.traps(traps, Place::Term(watch, place));
                if !sides.is_empty() {
                    source.push_str(BETWEEN_TERMS);
                    length += BETWEEN_TERMS.len();
                }
                expr.place = expr.place.start + length..expr.place.end + length;
                source.push_str(text);
                length += text.chars().count();
                sides.push(expr);
            }
            Err(mistake) => told.mistakes([mistake], Place::Term(watch, place)),
        }
    }
    let whole = 0..length;
    let expr = match sides.len() {
        0 => return None,
        1 => sides.pop()?,
        _ => Expr::new(Kind::Or(sides), whole),
    };
    let source = Source::new(source.into());
    Some(ReadQuery { expr, source })
}

fn no_stems(language: &str) -> Mistake {
    Mistake::new(
        "bad-lang",
        0,
        format!("there are no word forms for the language \"{language}\""),
        format!("stem can be one of: {}", stem::LANGUAGES),
    )
}

#[cfg(test)]
mod feed_words;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod spellings;
#[cfg(test)]
mod tests;
