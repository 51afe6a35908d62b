//! The test vectors of WebAuthn Level 3 (16.2, 16.4, 16.7 and 16.10), for `example.org`; and answers signed with keys made here.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

struct Vector {
    /// Challenge, client data and authenticator data of the making.
    made: [Vec<u8>; 3],
    credential: Vec<u8>,
    /// Challenge, client data and authenticator data of the signing in.
    got: [Vec<u8>; 3],
    signature: Vec<u8>,
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(c.to_digit(16).unwrap()).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// An attestation object of format "none" is these bytes, the length, and the authenticator data.
fn authenticator_data(attestation: &str) -> Vec<u8> {
    let object = hex(attestation);
    let before = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58";
    let rest = object.strip_prefix(before).unwrap();
    let (length, data) = rest.split_first().unwrap();
    assert_eq!(data.len(), usize::from(*length));
    data.to_vec()
}

/// 16.2: nobody was verified.
fn plain() -> Vector {
    Vector {
        made: [
            hex("00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130"),
            hex(
                "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d507434557878475453746e63647134313759447742466938767049612d7077386f4f755657345441222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20426b5165446a646354427258426941774a544c453551227d",
            ),
            authenticator_data(
                "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220",
            ),
        ],
        credential: hex("f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4"),
        got: [
            hex("39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408"),
            hex(
                "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224f63446e55685158756c5455506f334a5558543049393770767a7a59425039745a63685879617630314167222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d",
            ),
            hex("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000"),
        ],
        signature: hex(
            "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87",
        ),
    }
}

/// 16.4: the user was verified, within a page of another site.
fn crossed() -> Vector {
    Vector {
        made: [
            hex("3be5aacd03537142472340ab5969f240f1d87716e20b6807ac230655fa4b3b49"),
            hex(
                "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a224f2d57717a514e5463554a484930437257576e7951504859647862694332674872434d475666704c4f306b222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a747275652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a207a5a7175457444523944577170573574425754467567227d",
            ),
            authenticator_data(
                "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b54500000000883f4f6014f19c09d87aa38123be48d000206e1050c0d2ca2f07c755cb2c66a74c64fa43065c18f938354d9915db2bd5ce57a501020326200121582022200a473f90b11078851550d03b4e44a2279f8c4eca27b3153dedfe03e4e97d225820cbd0be95e746ad6f5a8191be11756e4c0420e72f65b466d39bc56b8b123a9c6e",
            ),
        ],
        credential: hex("6e1050c0d2ca2f07c755cb2c66a74c64fa43065c18f938354d9915db2bd5ce57"),
        got: [
            hex("876aa517ba83fdee65fcffdbca4c84eeae5d54f8041a1fc85c991e5bbb273137"),
            hex(
                "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a226832716c463771445f65356c5f505f62796b7945377135645650674547685f49584a6b655737736e4d5463222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a747275652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a2039327063545644304162792d713464746d6a36656667227d",
            ),
            hex("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50500000000"),
        ],
        signature: hex(
            "3046022100eb12fcf23b12764c0f122e22371fab92e283879fd798f38ee1841c951b6e40e7022100c76237ff9db77b3c56f30837cda6a09acfa2e915544e609c0733b1184036d1cf",
        ),
    }
}

/// 16.7: the user was verified; with a statement about the device, which is not read.
fn verified() -> Vector {
    let authenticator = "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b54d00000000876ca4f52071c3e9b25509ef2cdf7ed60020c9a6f5b3462d02873fea0c56862234f99f081728084e511bb7760201a89054a5a50102032620012158201cf27f25da591208a4239c2e324f104f585525479a29edeedd830f48e77aeae522582059e4b7da6c0106e206ce390c93ab98a15a5ec3887e57f0cc2bece803b920c423";
    Vector {
        made: [
            hex("c1184a5fddf8045e13dc47f54b61f5a656b666b59018f16d870e9256e9952012"),
            hex(
                "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a227752684b58393334424634543345663153324831706c61325a725751475046746877365356756d56494249222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20396138624e596a4b436757724258552d66436c316167227d",
            ),
            hex(authenticator),
        ],
        credential: hex("c9a6f5b3462d02873fea0c56862234f99f081728084e511bb7760201a89054a5"),
        got: [
            hex("b1106fa46a57bef1781511c0557dc898a03413d5f0f17d244630c194c7e1adb5"),
            hex(
                "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a2273524276704770587676463446524841565833496d4b4130453958773858306b526a44426c4d6668726255222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20415a4d77794d78496244382d756775464e7036723851227d",
            ),
            hex("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50d00000000"),
        ],
        signature: hex(
            "30450220694969d3ee928de6f02ef23a9c644d7d779916451734a94b432542f498a1ebe90221008b0819c824218a97152cd099c55bfb1477b29d900a49a64018314f9bfccda163",
        ),
    }
}

/// 16.10: a key for RS256, with a statement about its device that is not read.
fn windows() -> Vector {
    // The modulus is the product of 2^1279 - 1 and 2^2203 - 1: these bits of it are set.
    let set = |bit: u32| bit == 0 || (1279..2203).contains(&bit) || (2204..3482).contains(&bit);
    let byte = |at: u32| (0..8).fold(0, |byte, bit| byte | u8::from(set(at * 8 + bit)) << bit);
    let modulus: Vec<u8> = (0..436).rev().map(byte).collect();
    let authenticator = [
        &hex(
            "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b55d00000000428f8878298b9862a36ad8c7527bfef20020992a18acc83f67533600c1138a4b4c4bd236de13629cf025ed17cb00b00b74dfa4010303390100205901b4",
        )[..],
        &modulus,
        &hex("2143010001"),
    ];
    Vector {
        made: [
            hex("bea8f0770009bd57f2c0df6fea9f743a27e4b61bbe923c862c7aad7a9fc8e4a6"),
            hex(
                "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a2276716a776477414a76566679774e3976367039304f69666b7468752d6b6a79474c48717465705f49354b59222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d",
            ),
            authenticator.concat(),
        ],
        credential: hex("992a18acc83f67533600c1138a4b4c4bd236de13629cf025ed17cb00b00b74df"),
        got: [
            hex("295f59f5fa8fe62c5aca9e27626c78c8da376ae6d8cd2dd29aebad601e1bc4c5"),
            hex(
                "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224b56395a39667150356978617970346e596d7834794e6f33617562597a5333536d75757459423462784d55222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d",
            ),
            hex("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000"),
        ],
        signature: hex(
            "01063d52d7c39b4d432fc7063c5d93e582bdcb16889cd71f888d67d880ea730a428498d3bc8e1ee11f2b1ecbe6c292b118c55ffaaddefa8cad0a54dd137c51f1eec673f1bb6c4d1789d6826a222b22d0f585fc901fdc933212e579d199b89d672aa44891333e6a1355536025e82b25590256c3538229b55737083b2f6b9377e49e2472f11952f79fdd0da180b5ffd901b4049a8f081bb40711bef76c62aed943571f2d0575304cb549d68d8892f95086a30f93716aee818f8dc06e96c0d5e0ed4cfa9fd8773d90464b68cf140f7986666ff9c9e3302acd0535d60d769f465e2ab57ef8aabc89fccfef7ba32a64154a8b3d26be2298f470b8cc5377dbe3dfd4b0b45f8f01e63bde6cfc76b62771f9b70aa27cf40152cad93aa5acd784fd4b90f676e2ea828d0bf2400aebbaae4153e5838f537f88b6228346782a93a899be66ec77de45b3efcf311da6321c92e6b0cd11bfe653bf3e98cee8e341f02d67dbb6f9c98d9e8178090cfb5b70fbc6d541599ac794ae2f1d4de1286ec8de8c2daf7b1d15c8438e90d924df5c19045220a4c8438c1b979bbe016cf3d0eeec23c3999d4882cc645b776de930756612cdc6dd398160ff02a6",
        ),
    }
}

fn site() -> Site {
    Site {
        origin: "https://example.org".to_owned(),
        id: "example.org".to_owned(),
    }
}

#[test]
fn a_passkey_is_made_and_signs_as_the_vectors_say() {
    let Vector {
        made: [first, create, authenticator],
        credential,
        got: [second, json, answer],
        signature,
    } = verified();
    let asked = |json: &[u8], ceremony| challenge(json, ceremony, &site()).unwrap();
    assert_eq!(
        asked(&create, Ceremony::Create),
        URL_SAFE_NO_PAD.encode(first)
    );
    assert_eq!(asked(&json, Ceremony::Get), URL_SAFE_NO_PAD.encode(second));
    let new = made(&authenticator, &site()).unwrap();
    assert_eq!(new.credential, CredentialId::new(&credential).unwrap());
    let check = |answer: &[u8], json: &[u8], signature: &[u8]| {
        signed(&new.public_key, answer, json, signature, &site())
    };
    assert_eq!(check(&answer, &json, &signature), Ok(()));
    // Not with one bit changed anywhere in what is signed, or in the signature.
    for at in 0..answer.len() * 8 {
        let mut other = answer.clone();
        other[at / 8] ^= 1 << (at % 8);
        assert_eq!(check(&other, &json, &signature), Err(Wrong::Signature));
    }
    for at in 0..json.len() {
        let mut other = json.clone();
        other[at] ^= 1;
        assert_eq!(check(&answer, &other, &signature), Err(Wrong::Signature));
    }
    for at in 0..signature.len() {
        let mut other = signature.clone();
        other[at] ^= 1;
        assert_eq!(check(&answer, &json, &other), Err(Wrong::Signature), "{at}");
    }
    let stranger = PublicKey::new(&[4; 65]).unwrap();
    let by = signed(&stranger, &answer, &json, &signature, &site());
    assert_eq!(by, Err(Wrong::Signature), "not even a point of the curve");
}

#[test]
fn a_passkey_of_a_windows_computer_is_made_and_signs_as_the_vector_says() {
    let Vector {
        made: [first, create, authenticator],
        credential,
        got: [second, get, answer],
        signature,
    } = windows();
    let asked = |json: &[u8], ceremony| challenge(json, ceremony, &site()).unwrap();
    assert_eq!(
        asked(&create, Ceremony::Create),
        URL_SAFE_NO_PAD.encode(first)
    );
    assert_eq!(asked(&get, Ceremony::Get), URL_SAFE_NO_PAD.encode(second));
    let new = made(&authenticator, &site()).unwrap();
    assert_eq!(new.credential, CredentialId::new(&credential).unwrap());
    assert_eq!(new.public_key.algorithm(), Algorithm::Rs256);
    let key = &new.public_key;
    // The device did not look who it was when it signed, so the answer is refused; but not for its signature.
    let check = |json: &[u8], signature: &[u8]| signed(key, &answer, json, signature, &site());
    assert_eq!(check(&get, &signature), Err(Wrong::NotVerified));
    assert_eq!(check(&create, &signature), Err(Wrong::Signature));
    for at in 0..signature.len() {
        let mut other = signature.clone();
        other[at] ^= 1;
        assert_eq!(check(&get, &other), Err(Wrong::Signature), "{at}");
    }
    // Another exponent, a modulus that is too short, one that ends too early.
    let end = authenticator.len();
    let with = |at: usize, byte: u8| {
        let mut other = authenticator.clone();
        other[at] = byte;
        made(&other, &site())
    };
    assert_eq!(with(end - 1, 3), Err(Wrong::Key));
    assert_eq!(with(end - 436 - 7, 0), Err(Wrong::Key));
    assert_eq!(with(end - 436 - 6, 0xb3), Err(Wrong::Key));
    for length in 0..end {
        assert!(made(&authenticator[..length], &site()).is_err(), "{length}");
    }
}

#[test]
fn client_data_are_read_as_the_vectors_say() {
    let Vector {
        made: [first, create, _],
        got: [second, get, _],
        ..
    } = plain();
    let text = |bytes: &[u8]| Ok(URL_SAFE_NO_PAD.encode(bytes));
    use Ceremony::{Create, Get};
    assert_eq!(challenge(&create, Create, &site()), text(&first));
    assert_eq!(challenge(&get, Get, &site()), text(&second));
    assert_eq!(challenge(&create, Get, &site()), Err(Wrong::Ceremony));
    assert_eq!(challenge(&get, Create, &site()), Err(Wrong::Ceremony));
    let other = Site {
        origin: "https://www.example.org".to_owned(),
        ..site()
    };
    assert_eq!(challenge(&get, Get, &other), Err(Wrong::Origin));
    let Vector {
        made: [_, create, authenticator],
        credential,
        got: [_, get, answer],
        signature,
    } = crossed();
    assert_eq!(challenge(&create, Create, &site()), Err(Wrong::CrossOrigin));
    assert_eq!(challenge(&get, Get, &site()), Err(Wrong::CrossOrigin));
    // All else about it is right.
    let new = made(&authenticator, &site()).unwrap();
    assert_eq!(new.credential, CredentialId::new(&credential).unwrap());
    assert_eq!(
        signed(&new.public_key, &answer, &get, &signature, &site()),
        Ok(())
    );
    for wrong in [
        &b""[..],
        b"{}",
        b"null",
        b"[",
        b"\xff",
        br#"{"type":"webauthn.get","challenge":"AA","challenge":"AB","origin":"https://example.org"}"#,
        br#"{"type":"webauthn.get","challenge":7,"origin":"https://example.org"}"#,
        &[b' '; CLIENT_BYTES_MAX + 1],
    ] {
        assert_eq!(challenge(wrong, Get, &site()), Err(Wrong::ClientData));
    }
}

#[test]
fn who_was_not_verified_is_not_taken() {
    let Vector {
        made: [_, _, authenticator],
        got: [_, json, answer],
        signature,
        ..
    } = plain();
    assert_eq!(made(&authenticator, &site()), Err(Wrong::NotVerified));
    // All else is right: the key is where it says, and the signature is the key's.
    let point = [
        &[4][..],
        &hex("afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61"),
        &hex("930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220"),
    ]
    .concat();
    let key = PublicKey::new(&point).unwrap();
    let by = signed(&key, &answer, &json, &signature, &site());
    assert_eq!(by, Err(Wrong::NotVerified));
}

#[test]
fn authenticator_data_are_read_whole_or_not_at_all() {
    let Vector {
        made: [_, _, whole],
        ..
    } = crossed();
    let wrong = |bytes: &[u8]| made(bytes, &site()).unwrap_err();
    for length in 0..whole.len() {
        let cut = wrong(&whole[..length]);
        assert!(
            matches!(cut, Wrong::AuthenticatorData | Wrong::Key),
            "{length}: {cut}"
        );
    }
    assert_eq!(
        wrong(&[&whole[..], &[0]].concat()),
        Wrong::AuthenticatorData
    );
    let with = |at: usize, byte: u8| {
        let mut other = whole.clone();
        other[at] = byte;
        made(&other, &site())
    };
    const FLAGS: usize = 32;
    assert_eq!(with(0, 0), Err(Wrong::OtherSite));
    assert_eq!(with(FLAGS, 0x44), Err(Wrong::NotPresent));
    assert_eq!(with(FLAGS, 0x41), Err(Wrong::NotVerified));
    assert_eq!(with(FLAGS, 0x05), Err(Wrong::AuthenticatorData));
    assert_eq!(with(FLAGS, 0x55), Err(Wrong::AuthenticatorData));
    // A passkey that its owner's devices share is fine, and so is one device's.
    assert!(with(FLAGS, 0x4d).is_ok() && with(FLAGS, 0x5d).is_ok());
    // Extensions are passed over where they are said to be, and only there.
    assert_eq!(with(FLAGS, 0xc5), Err(Wrong::AuthenticatorData));
    let mut extended = [&whole[..], &[0xa0]].concat();
    extended[FLAGS] = 0xc5;
    assert_eq!(made(&extended, &site()), made(&whole, &site()));
    // Its key of another kind: RS256, Ed25519, another curve.
    let key_at = whole.len() - 77;
    for (at, byte) in [
        (key_at, 0xa4),
        (key_at + 2, 0x01),
        (key_at + 4, 0x27),
        (key_at + 6, 0x02),
    ] {
        assert_eq!(with(at, byte), Err(Wrong::Key));
    }
    // The length of the id is believed within the bytes that are there.
    assert_eq!(with(53, 0xff), Err(Wrong::AuthenticatorData));
    assert_eq!(
        wrong(&[0; AUTHENTICATOR_BYTES_MAX + 1]),
        Wrong::AuthenticatorData
    );
}

/// What a device answers with a key of its own.
struct Device {
    pair: EcdsaKeyPair,
    flags: u8,
    credential: Vec<u8>,
    extensions: bool,
}

impl Device {
    fn authenticator(&self, site: &Site, with_key: bool) -> Vec<u8> {
        let flags = self.flags | if with_key { HAS_CREDENTIAL } else { 0 };
        let flags = flags | if self.extensions { HAS_EXTENSIONS } else { 0 };
        let mut data = Sha256::digest(site.id.as_bytes()).to_vec();
        data.push(flags);
        data.extend([0, 0, 0, 9]);
        if with_key {
            data.extend([1; 16]);
            data.extend(u16::try_from(self.credential.len()).unwrap().to_be_bytes());
            data.extend(&self.credential);
            let point = self.pair.public_key().as_ref();
            data.extend(POINT_BEFORE_X);
            data.extend(&point[1..33]);
            data.extend(POINT_BEFORE_Y);
            data.extend(&point[33..]);
        }
        if self.extensions {
            data.extend([0xa1, 0x61, b'x', 0xf5]);
        }
        data
    }

    fn sign(&self, authenticator: &[u8], json: &[u8]) -> Vec<u8> {
        let message = [authenticator, &Sha256::digest(json)].concat();
        let random = ring::rand::SystemRandom::new();
        let signature = self.pair.sign(&random, &message).unwrap();
        signature.as_ref().to_vec()
    }
}

fn key_pair() -> EcdsaKeyPair {
    let random = ring::rand::SystemRandom::new();
    let file = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, file.as_ref(), &random).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A device's answers are taken exactly where its person was there and recognised, its copies are told truly, and the site is
    /// its own; and no other device's.
    #[test]
    fn answers_are_taken_where_they_should_be(
        flags in any::<u8>().prop_map(|flags| flags & 0x3f),
        credential in prop::collection::vec(any::<u8>(), 1..200),
        extensions: bool,
        elsewhere: bool,
        name in "[ -~]{0,40}",
    ) {
        let device = Device { pair: key_pair(), flags, credential, extensions };
        let made_at = match elsewhere {
            true => Site { origin: "https://example.net".to_owned(), id: "example.net".to_owned() },
            false => site(),
        };
        let copies = flags & IS_COPIED == 0 || flags & MAY_BE_COPIED != 0;
        let expected = !elsewhere && flags & PRESENT != 0 && flags & VERIFIED != 0 && copies;
        let made = made(&device.authenticator(&made_at, true), &site());
        prop_assert_eq!(made.is_ok(), expected);
        let point = PublicKey::new(device.pair.public_key().as_ref()).unwrap();
        if let Ok(made) = made {
            prop_assert_eq!(made.credential, CredentialId::new(&device.credential).unwrap());
            prop_assert_eq!(&made.public_key, &point);
        }
        let answer = device.authenticator(&made_at, false);
        let signature = device.sign(&answer, name.as_bytes());
        let check = |key: &PublicKey, json: &[u8]| signed(key, &answer, json, &signature, &site());
        prop_assert_eq!(check(&point, name.as_bytes()).is_ok(), expected);
        prop_assert_eq!(check(&point, &[name.as_bytes(), b"."].concat()), Err(Wrong::Signature));
        let other = PublicKey::new(key_pair().public_key().as_ref()).unwrap();
        prop_assert_eq!(check(&other, name.as_bytes()), Err(Wrong::Signature));
    }

    /// Whatever is sent, it is read or refused.
    #[test]
    fn nothing_that_is_sent_makes_it_panic(
        front in prop::sample::select(vec![0_usize, 37, 55, 60]),
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let whole = crossed().made[2].clone();
        let mixed = [&whole[..front], &bytes].concat();
        let _ = made(&mixed, &site());
        let _ = challenge(&bytes, Ceremony::Get, &site());
        if let Ok(key) = PublicKey::new(&bytes) {
            prop_assert!(signed(&key, &mixed, &bytes, &bytes, &site()).is_err());
        }
    }
}
