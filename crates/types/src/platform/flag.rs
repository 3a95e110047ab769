//! What can be switched on and off while the program runs.

use serde::{Deserialize, Serialize};

use crate::{id::OrganizationId, text_enum::text_enum};

text_enum! {
    /// What can be switched on and off while the program runs.
    FeatureFlag {
        /// Whether strangers may found organizations.
        SignUp = "sign_up",
        /// Whether visitors may send files.
        WidgetUploads = "widget_uploads",
    }
}

impl FeatureFlag {
    /// What counts while no operator has said otherwise.
    pub const fn default_value(self) -> bool {
        match self {
            Self::SignUp | Self::WidgetUploads => true,
        }
    }

    /// Whether it can differ from organization to organization.
    pub const fn by_organization(self) -> bool {
        match self {
            Self::SignUp => false,
            Self::WidgetUploads => true,
        }
    }
}

/// A flag for one organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagOverride {
    pub organization_id: OrganizationId,
    pub organization_name: String,
    pub is_on: bool,
}

/// A flag as operators see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagState {
    pub flag: FeatureFlag,
    pub is_on: bool,
    /// The first hundred by name.
    pub overrides: Vec<FlagOverride>,
}
