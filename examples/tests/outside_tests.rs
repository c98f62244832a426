//! Cassettes where there is no test: a cache of responses, and a mock of an API.

use cassette_examples::{
    ApiServer, CachedForecasts, Forecasts, Result, with_recorded_api, without_api,
};
use cassette_reqwest::client_with;

fn forecasts(server: &ApiServer) -> Forecasts {
    let client = client_with(reqwest::Client::builder().no_proxy()).unwrap();
    Forecasts::new(client, &server.url(), ApiServer::KEY)
}

#[tokio::test]
async fn a_cache_asks_once_until_what_it_has_is_too_old() -> Result<()> {
    let (server, folder) = (ApiServer::start(0)?, tempfile::tempdir()?);
    let cached = CachedForecasts::new(forecasts(&server), folder.path());
    let first = cached.celsius("Oslo").await?;
    for _ in 0..3 {
        assert_eq!(cached.celsius("Oslo").await?, first);
    }
    assert_eq!(server.requests(), 1);
    cached.celsius("Lima").await?;
    assert_eq!(server.requests(), 2);

    let file = folder.path().join("forecast-oslo.json");
    let text = std::fs::read_to_string(&file)?;
    let (before, rest) = text.split_once("\"recorded_at\": \"202").unwrap();
    std::fs::write(&file, format!("{before}\"recorded_at\": \"201{rest}"))?;
    assert_eq!(cached.celsius("Oslo").await?, first);
    assert_eq!(server.requests(), 3);
    Ok(())
}

#[tokio::test]
async fn a_cache_keeps_no_failure() -> Result<()> {
    let (server, folder) = (ApiServer::start(0)?, tempfile::tempdir()?);
    let cached = CachedForecasts::new(forecasts(&server), folder.path());
    for requests in 1..3 {
        assert!(cached.celsius("Atlantis").await.is_err());
        assert_eq!(server.requests(), requests);
    }
    let port = server.port();
    server.stop();
    assert!(cached.celsius("Oslo").await.is_err());
    let _server = ApiServer::start(port)?;
    cached.celsius("Oslo").await?;
    Ok(())
}

#[tokio::test]
async fn a_mock_answers_without_the_api_as_often_as_it_is_asked() -> Result<()> {
    let (server, folder) = (ApiServer::start(0)?, tempfile::tempdir()?);
    let forecasts = forecasts(&server);
    let recorded = with_recorded_api(folder.path(), forecasts.celsius("Oslo")).await?;
    let seen = with_recorded_api(folder.path(), forecasts.celsius("Oslo")).await?;
    assert_eq!((seen, server.requests()), (recorded, 1));
    server.stop();
    let twice = async {
        Ok((
            forecasts.celsius("Oslo").await?,
            forecasts.celsius("Oslo").await?,
        ))
    };
    assert_eq!(
        without_api(folder.path(), twice).await?,
        (recorded, recorded)
    );
    let new = without_api(folder.path(), forecasts.celsius("Delhi")).await;
    let said = new.unwrap_err().to_string();
    assert!(said.contains("closest is interaction 1"), "{said}");
    Ok(())
}
