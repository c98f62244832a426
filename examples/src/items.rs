use reqwest_middleware::ClientWithMiddleware;
use serde::Deserialize;

use crate::api::{Api, Result, fetch};

/// A listing that comes in pages.
#[derive(Clone, Debug)]
pub struct Items {
    api: Api,
}

/// One entry of the listing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Item {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Item>,
    next_cursor: Option<String>,
}

impl Items {
    /// Returns the listing of the API at `base`.
    #[must_use]
    pub fn new(client: ClientWithMiddleware, base: &str, key: &str) -> Self {
        let api = Api::new(client, base, key);
        Self { api }
    }

    /// Returns the items of all pages, in order.
    ///
    /// # Errors
    ///
    /// When the API cannot be reached or refuses.
    pub async fn all(&self) -> Result<Vec<Item>> {
        let mut page = self.page(None).await?;
        let mut items = page.items;
        while let Some(cursor) = page.next_cursor {
            page = self.page(Some(&cursor)).await?;
            items.append(&mut page.items);
        }
        Ok(items)
    }

    async fn page(&self, cursor: Option<&str>) -> Result<Page> {
        let cursor = cursor.map(|cursor| ("cursor", cursor));
        fetch(self.api.get("/v1/items").query(cursor.as_slice())).await
    }
}
