//! Many requests at once, and an answer that is late.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use tokio::task::JoinSet;

use crate::case::both_runs;
use crate::{see, see_all};

/// Polls all futures in one task and returns their results in order.
async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    enum Slot<F: Future> {
        Running(Pin<Box<F>>),
        Done(Option<F::Output>),
    }
    let mut slots: Vec<Slot<F>> = futures
        .into_iter()
        .map(|future| Slot::Running(Box::pin(future)))
        .collect();
    poll_fn(|cx| {
        let mut all = true;
        for slot in &mut slots {
            if let Slot::Running(future) = slot {
                match future.as_mut().poll(cx) {
                    Poll::Ready(output) => *slot = Slot::Done(Some(output)),
                    Poll::Pending => all = false,
                }
            }
        }
        if all { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    slots
        .into_iter()
        .map(|slot| match slot {
            Slot::Done(output) => output.expect("taken once"),
            Slot::Running(_) => unreachable!("all are done"),
        })
        .collect()
}

#[tokio::test]
async fn an_answer_that_is_late() {
    both_runs("late", |client, base| async move {
        see_all(&client, &base, &["/delay/1"]).await
    })
    .await;
}

#[tokio::test]
async fn requests_joined_in_one_task() {
    both_runs("joined", |client, base| async move {
        let requests = (0..16).map(|n| see(client.get(format!("{base}/anything/{n}"))));
        join_all(requests).await.concat()
    })
    .await;
}

/// Each answer is another one: they come back in the order in which they were asked for.
#[tokio::test]
async fn equal_requests_joined_in_one_task() {
    both_runs("joined_equal", |client, base| async move {
        let requests = (0..16).map(|_| see(client.get(format!("{base}/uuid"))));
        join_all(requests).await.concat()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_tasks_of_their_own() {
    both_runs("spawned", |client, base| async move {
        let mut tasks = JoinSet::new();
        for n in 0..16 {
            let request = client.post(format!("{base}/anything?n={n}"));
            tasks.spawn(async move { (n, see(request.body(format!("body {n}"))).await) });
        }
        let mut answers = tasks.join_all().await;
        answers.sort();
        answers.into_iter().map(|(_, text)| text).collect()
    })
    .await;
}
